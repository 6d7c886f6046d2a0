namespace AiStack.Console.Usage;

/// <summary>The usage of one model, key or store in the range that the page shows.</summary>
/// <param name="Id">The model's name, or the key's or the store's id; empty where there was none.</param>
public sealed record UsageGroup(string Id, string Title, UsageResult Result);

/// <summary>What groups add up to. Percentiles do not add up, and are left out.</summary>
public sealed record UsageTotal(
    long Requests, long Failed, long Refusals, long InputTokens, long OutputTokens, decimal Cost, long Unpriced)
{
    public static UsageTotal Of(IEnumerable<UsageResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return results.Aggregate(new UsageTotal(0, 0, 0, 0, 0, 0, 0), (sum, one) => new(
            sum.Requests + one.NumModelRequests,
            sum.Failed + one.NumFailedRequests,
            sum.Refusals + one.NumRefusals,
            sum.InputTokens + one.InputTokens,
            sum.OutputTokens + one.OutputTokens,
            sum.Cost + one.Cost,
            sum.Unpriced + one.NumUnpricedRequests));
    }
}
