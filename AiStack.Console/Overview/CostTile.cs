using AiStack.Console.Charts;
using AiStack.Console.Frame;
using AiStack.Console.Usage;

namespace AiStack.Console.Overview;

/// <summary>
/// What the answers cost, today and this month as the person at the browser counts days. Asked of
/// the API, which counts it.
/// </summary>
internal sealed class CostTile(UsageApi usage, PersonalClock clock)
{
    private static readonly UsageRange LastDay = UsageRange.All.Single(range => range.IsHours);

    /// <summary><c>null</c> where nothing was asked this month, or where it cannot be known now.</summary>
    public async Task<Tile?> ReadAsync(CancellationToken cancellationToken)
    {
        var day = clock.Today;
        var today = usage.TotalAsync(clock.Midnight(day), null, cancellationToken);
        var month = usage.TotalAsync(clock.Midnight(day.AddDays(1 - day.Day)), null, cancellationToken);
        var hours = usage.ByTimeAsync(LastDay.Stretches(clock), "model", cancellationToken);
        if (!(await today).TryGet(out var ofToday, out _)
            || !(await month).TryGet(out var ofMonth, out _)
            || !(await hours).TryGet(out var page, out _)
            || ofMonth is not [var first, ..])
        {
            return null;
        }

        var total = UsageTotal.Of(ofMonth);
        return new(
            "Cost today",
            Text(UsageTotal.Of(ofToday), first.Currency),
            $"{Text(total, first.Currency)} this month",
            "usage")
        {
            Chart = new(
                [.. page.Data.Select(bucket => (double)bucket.StartTime)],
                [new(
                    "Cost per hour",
                    [.. page.Data.Select(bucket => (double?)bucket.Results.Sum(result => (double)result.Cost))],
                    ChartShape.Area)]),
            Unit = first.Currency,
        };
    }

    private static string Text(UsageTotal total, string currency) =>
        total.Requests > 0 && total.Unpriced == total.Requests ? "unknown" : Money.Text(total.Cost, currency);
}
