using AiStack.Console.StructuredLogs;
using AiStack.Console.Telemetry.Logs;
using AiStack.Console.Traces;
using AiStack.Tests.Console.Telemetry;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Traces;

/// <summary>Filters live in the address: what is written there is what is shown, for whoever opens the link.</summary>
public sealed class TraceFilterTests
{
    private static readonly Gen<string?> Text = Gen.Frequency(
        (1, Gen.Const((string?)null)),
        (3, Gen.String[Gen.Char[' ', '~'], 1, 20].Select(text => text.Trim()).Where(text => text.Length > 0)!));

    private static readonly Gen<TimeSpan?> Time = Gen.Frequency(
        (1, Gen.Const((TimeSpan?)null)),
        (3, Gen.Int[1, 1_000_000].Select(number => (TimeSpan?)TimeSpan.FromMicroseconds(number))));

    [Fact]
    public void A_filter_of_traces_is_read_back_from_its_address() =>
        Gen.Select(Text, Text, Time, Time, Gen.Bool, Gen.Bool).Sample((service, text, min, max, errors, models) =>
        {
            var filter = new TraceFilter
            {
                Service = service, Text = text, Min = min, Max = max, ErrorsOnly = errors, ModelsOnly = models,
                Window = min, From = TelemetryStores.Noon,
            };

            Assert.Equal(filter, TraceFilter.Read($"http://localhost/{filter.ToAddress()}", out var complaints));
            Assert.Empty(complaints);
        });

    [Fact]
    public void A_filter_of_logs_is_read_back_from_its_address() =>
        Gen.Select(Text, Text, Text, Gen.Enum<LogSeverity>()).Sample((service, text, category, severity) =>
        {
            var filter = new LogFilter
            {
                Service = service, Text = text, Category = category, MinSeverity = severity, TraceId = text,
            };

            Assert.Equal(filter, LogFilter.Read($"http://localhost/{filter.ToAddress()}", out var complaint));
            Assert.Null(complaint);
        });

    [Fact]
    public void What_is_wrong_in_an_address_is_said_and_left_out()
    {
        var filter = TraceFilter.Read(
            "http://localhost/traces?min=soon&from=never&service=gateway", out var complaints);

        Assert.Equal(new TraceFilter { Service = "gateway" }, filter);
        Assert.Equal(2, complaints.Count);
        Assert.Contains("“min” is “soon”", complaints[0], StringComparison.Ordinal);
        LogFilter.Read("http://localhost/logs?level=loud", out var complaint);
        Assert.Contains("“level” is “loud”", complaint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_is_before_now_and_no_earlier_than_a_beginning_that_is_asked_for()
    {
        var now = TelemetryStores.Noon;
        var filter = new TraceFilter { Window = TimeSpan.FromMinutes(15) };

        Assert.Equal(now.AddMinutes(-15), filter.ToQuery(now).From);
        Assert.Equal(now.AddMinutes(-5), (filter with { From = now.AddMinutes(-5) }).ToQuery(now).From);
        Assert.Equal(now.AddMinutes(-15), (filter with { From = now.AddHours(-5) }).ToQuery(now).From);
    }

    [Fact]
    public void Without_filters_the_address_is_the_page_itself() =>
        Assert.Equal("traces", new TraceFilter().ToAddress());
}
