using System.Diagnostics;
using System.Reflection;
using AiStack.ServiceDefaults.Telemetry;
using Aspire.StackExchange.Redis;
using Xunit;

namespace AiStack.Tests.ServiceDefaults;

/// <summary>What traces show of the cache.</summary>
public sealed class CacheSpansTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

    [Theory]
    [InlineData(null, false)]
    [InlineData($"{Trace}-00", false)]
    [InlineData($"{Trace}-01", true)]
    public void A_command_is_a_span_as_a_part_of_what_is_traced_and_none_by_itself(string? parent, bool isKept)
    {
        using var source = new ActivitySource(CacheSpans.Source);
        using var listener = new ActivityListener
        {
            ShouldListenTo = one => one == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        Activity.Current = null;
        using var processor = new CacheSpans();

        using var span = source.StartActivity("PING", ActivityKind.Client, parent)!;
        span.Stop();
        processor.OnEnd(span);

        Assert.Equal(isKept, span.Recorded);
    }

    [Fact]
    public void The_source_is_that_of_Aspires_integration() =>
        Assert.Contains(
            typeof(StackExchangeRedisSettings).Assembly.GetTypes()
                .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
                .Where(field => field.FieldType == typeof(string))
                .Select(field => field.GetValue(null)),
            value => Equals(value, CacheSpans.Source));
}
