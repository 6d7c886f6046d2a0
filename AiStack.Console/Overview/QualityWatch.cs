using System.Diagnostics;
using System.Globalization;
using AiStack.Console.Gateway;
using AiStack.ServiceDefaults;

namespace AiStack.Console.Overview;

/// <summary>
/// Asks once a minute for the last eval run that was completed: it shows how good the answers are.
/// </summary>
internal sealed partial class QualityWatch(IHttpClientFactory clients, TimeProvider time, ILogger<QualityWatch> logger)
    : LastingService(logger)
{
    /// <summary>Only the newest evals are looked through for the last run.</summary>
    private const int MaxEvals = 10;

    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    /// <summary><c>null</c> where no run was completed yet, or none is known.</summary>
    public Tile? Tile { get; private set; }

    /// <summary>A run as a tile; <c>null</c> without what a tile shows.</summary>
    internal static Tile? Of(string eval, EvalRunView run)
    {
        return run.Metrics is null ? null : new(
            "Quality",
            $"{Share("recall_at_5")} found",
            $"right source {Share("first_citation_right")}, right refusals {Share("refusals_right")}: "
            + $"{run.Model} in {eval}",
            null);

        string Share(string metric) => run.Metrics.TryGetValue(metric, out var found)
            ? string.Create(CultureInfo.InvariantCulture, $"{found.Value * 100:0} %")
            : "–";
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, time);
        do
        {
            try
            {
                Tile = await ReadAsync(stoppingToken) ?? Tile;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                ReadingFailed(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<Tile?> ReadAsync(CancellationToken cancellationToken)
    {
        // The root of a trace that is not sampled: no person asked for it.
        using var unsampled = new Activity("ask for quality").SetIdFormat(ActivityIdFormat.W3C).Start();
        var gateway = new GatewayClient(clients.CreateClient(GatewayExtensions.Probe), ActingRole.Viewer);
        var evals = await ListAsync<EvalView>(gateway, $"/v1/evals?order=desc&limit={MaxEvals}", cancellationToken);
        (EvalView Eval, EvalRunView Run)? last = null;
        foreach (var eval in evals)
        {
            var address = $"/v1/evals/{eval.Id}/runs?status=completed&order=desc&limit=1";
            var runs = await ListAsync<EvalRunView>(gateway, address, cancellationToken);
            last = runs is [var run] && (last is null || run.CreatedAt > last.Value.Run.CreatedAt) ? (eval, run) : last;
        }

        return last is not var (found, newest) ? null
            : (await gateway.GetAsync<EvalRunView>($"/v1/evals/{found.Id}/runs/{newest.Id}", cancellationToken))
                .TryGet(out var whole, out _) ? Of(found.Name ?? found.Id, whole)
            : null;
    }

    private static async Task<IReadOnlyList<T>> ListAsync<T>(
        GatewayClient gateway, string path, CancellationToken cancellationToken)
    {
        var outcome = await gateway.GetAsync<Page<T>>(path, cancellationToken);
        return outcome.TryGet(out var page, out _) ? page.Data : [];
    }

    [LoggerMessage(1, LogLevel.Error, "The last eval run could not be read; it will be tried again.")]
    private static partial void ReadingFailed(ILogger logger, Exception exception);
}

/// <summary>An eval, as far as the tile needs it.</summary>
internal sealed record EvalView(string Id, string? Name);

/// <summary>A run of it; the list leaves its metrics out.</summary>
internal sealed record EvalRunView(
    string Id, string Model, long CreatedAt, IReadOnlyDictionary<string, EvalMetricView>? Metrics);

/// <summary>A metric of a run.</summary>
internal sealed record EvalMetricView(double Value);
