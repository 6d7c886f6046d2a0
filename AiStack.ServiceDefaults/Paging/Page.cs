using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;

namespace AiStack.ServiceDefaults.Paging;

/// <summary>One page of a list, as OpenAI's clients page through it: the next begins after <c>last_id</c>.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, string? FirstId, string? LastId, bool HasMore)
{
    public string Object { get; } = "list";
}

/// <summary>The query string of a list. Ids sort by creation time, so they are the cursors.</summary>
public readonly record struct PageQuery(string? After, string? Before, int? Limit, string? Order)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>Which page is wanted; what cannot be one is a fault that names the parameter.</summary>
    /// <param name="newestFirst">The order where the caller asks for none; OpenAI's lists differ in it.</param>
    /// <param name="defaultLimit">How many rows there are when the caller gives no limit.</param>
    /// <param name="maxLimit">The largest limit.</param>
    public Outcome<PageRequest> Read<TKind>(
        bool newestFirst, int defaultLimit = DefaultLimit, int maxLimit = MaxLimit)
        where TKind : IKind
    {
        if (CheckLimit(Limit, maxLimit) is { } wrong)
        {
            return wrong;
        }

        if (Order is not (null or "asc" or "desc"))
        {
            return new Fault(FaultCode.InvalidArgument, "'order' must be 'asc' or 'desc'.", "order");
        }

        Id<TKind> after = default, before = default;
        if (After is not null && !Id<TKind>.TryParse(After, null, out after))
        {
            return new Fault(FaultCode.InvalidArgument, $"'after' must be a '{TKind.Prefix}' id.", "after");
        }

        if (Before is not null && !Id<TKind>.TryParse(Before, null, out before))
        {
            return new Fault(FaultCode.InvalidArgument, $"'before' must be a '{TKind.Prefix}' id.", "before");
        }

        Guid? from = After is null ? null : after.Value, to = Before is null ? null : before.Value;
        var descends = Order is null ? newestFirst : Order == "desc";
        // Without a start, the page is the one that ends at 'before': it is read from there, backwards.
        var isBackwards = from is null && to is not null;
        return new PageRequest(
            NewerThan: descends ? to : from,
            OlderThan: descends ? from : to,
            Limit ?? defaultLimit,
            descends != isBackwards ? SortDirection.Descending : SortDirection.Ascending,
            isBackwards);
    }

    /// <summary>Why a page cannot have so many rows; null when it can. For lists whose cursors are not ids.</summary>
    public static Fault? CheckLimit(int? limit, int maxLimit = MaxLimit) =>
        limit < 1 || limit > maxLimit
            ? new(FaultCode.InvalidArgument, $"'limit' must be from 1 to {maxLimit}.", "limit")
            : null;
}

/// <summary>A page that can be asked of the database: ids between two, both exclusive, in one order.</summary>
/// <param name="IsBackwards">The rows come in the order opposite to the page's.</param>
public sealed record PageRequest(Guid? NewerThan, Guid? OlderThan, int Limit, SortDirection Direction, bool IsBackwards)
{
    /// <summary>One row more than the page holds: when it exists, another page follows.</summary>
    public int Rows => Limit + 1;

    /// <summary>
    /// The page, of the <see cref="Rows"/> rows at most that were read for it. An extra row means that there is more in
    /// the direction of the walk.
    /// </summary>
    public Page<T> Of<T>(List<T> rows, Func<T, string> id)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(id);
        var page = rows.Count > Limit ? rows[..Limit] : rows;
        if (IsBackwards)
        {
            page.Reverse();
        }

        return page is []
            ? new(page, null, null, false)
            : new(page, id(page[0]), id(page[^1]), rows.Count > Limit);
    }
}
