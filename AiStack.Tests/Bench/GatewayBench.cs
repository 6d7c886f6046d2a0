using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>What the Gateway adds to a request: authentication, the request limit, the hop.</summary>
public sealed partial class GatewayBench
{
    private const int Connections = 32;
    private const int Requests = 150;

    /// <summary>
    /// 320 requests a second over all connections: busy, but not so that the machine's two cores are what is measured.
    /// </summary>
    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(100);

    [Fact(Explicit = true)]
    public async Task Added_latency_over_calling_Serving_directly_at_32_connections()
    {
        var signingKey = Convert.ToBase64String(new byte[33]);
        await using var stack = await BenchStack.StartAsync($"--Parameters:signing-key={signingKey}");
        using var direct =
            new HttpClient { BaseAddress = stack.Running.AddressOf("serving") };
        direct.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(signingKey));

        await MeasureAsync(direct, TimeSpan.FromMilliseconds(20)); // The JIT's turn.
        await MeasureAsync(stack.Client, TimeSpan.FromMilliseconds(20));
        var paced = await MeasureAsync(direct, _pace, inTurn: true);
        var through = await MeasureAsync(stack.Client, _pace, inTurn: true);
        var (burst, burstThrough) = (await MeasureAsync(direct, _pace), await MeasureAsync(stack.Client, _pace));
        var (full, fullThrough) = (await MeasureAsync(direct, default), await MeasureAsync(stack.Client, default));

        BenchReport.Write("40-gateway", $"""
            ## What the Gateway adds

            `GET /v1/models` at {Connections} connections, to Serving directly and through the Gateway (key, request
            limit in Redis, inner token, proxy).

            | load | | requests/s | p50 | p99 |
            | --- | --- | --- | --- | --- |
            | one request each 100 ms a connection, one after the other | Serving | {Row(paced)} |
            | | through the Gateway | {Row(through)} |
            | | **added** | | {Added(paced.Latencies, through.Latencies)} |
            | the same, all {Connections} at the same moment | Serving | {Row(burst)} |
            | | through the Gateway | {Row(burstThrough)} |
            | | **added** | | {Added(burst.Latencies, burstThrough.Latencies)} |
            | as fast as it goes | Serving | {Row(full)} |
            | | through the Gateway | {Row(fullThrough)} |

            Aim: less than 1 ms added at p50, one after the other; at the same moment, half of the requests wait for
            sixteen others. The clients share the machine's cores with the stack.
            """);
    }

    private static string Row((Latencies Latencies, double PerSecond) measured) => string.Create(
        CultureInfo.InvariantCulture,
        $"{measured.PerSecond:F0} | {measured.Latencies.P50:F2} ms | {measured.Latencies.P99:F2} ms");

    private static string Added(Latencies direct, Latencies through) => string.Create(
        CultureInfo.InvariantCulture,
        $"**{through.P50 - direct.P50:F2} ms** | **{through.P99 - direct.P99:F2} ms**");

    private static Task<(Latencies Latencies, double PerSecond)> MeasureAsync(
        HttpClient client, TimeSpan pace, bool inTurn = false) =>
        Load.RunAsync(
            Connections,
            Requests,
            async _ =>
            {
                using var response = await client.GetAsync(
                    new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken);
                response.EnsureSuccessStatusCode();
            },
            pace,
            inTurn);

    private static string Token(string signingKey)
    {
        var options = Options.Create(
            new IdentityOptions { SigningKey = signingKey, TokenLifetime = TimeSpan.FromMinutes(15) });
        var caller = new Caller(
            Id<Organisation>.New(),
            Id<Project>.New(),
            null,
            new HashSet<string>(StringComparer.Ordinal) { Scopes.Admin });
        return new CallerTokens(options, TimeProvider.System).Mint(caller);
    }

    [GeneratedRegex(@"^serving\s+Now listening on: (\S+)", RegexOptions.Multiline)]
    private static partial Regex ServingAddress();
}
