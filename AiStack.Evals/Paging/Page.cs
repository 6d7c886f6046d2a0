using AiStack.Contracts;

namespace AiStack.Evals.Paging;

/// <summary>One page of a list, as OpenAI's clients walk it: the next begins after <c>last_id</c>.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Data, string? FirstId, string? LastId, bool HasMore)
{
    public string Object { get; } = "list";
}

/// <summary>The query string of a list.</summary>
internal readonly record struct PageQuery(string? After, int? Limit, string? Order)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>Which page is wanted; what cannot be one is a fault that names the parameter.</summary>
    public Outcome<PageRequest<TKind>> Read<TKind>()
        where TKind : IKind
    {
        if (Limit is < 1 or > MaxLimit)
        {
            return new Fault(FaultCode.InvalidArgument, $"'limit' must be from 1 to {MaxLimit}.", "limit");
        }

        if (Order is not (null or "asc" or "desc"))
        {
            return new Fault(FaultCode.InvalidArgument, "'order' must be 'asc' or 'desc'.", "order");
        }

        Id<TKind> after = default;
        if (After is not null && !Id<TKind>.TryParse(After, null, out after))
        {
            return new Fault(FaultCode.InvalidArgument, $"'after' must be a '{TKind.Prefix}' id.", "after");
        }

        return new PageRequest<TKind>(After is null ? null : after.Value, Limit ?? DefaultLimit, Order == "desc");
    }
}

/// <summary>A page that can be asked of the database.</summary>
internal sealed record PageRequest<TKind>(Guid? After, int Limit, bool IsDescending)
    where TKind : IKind
{
    /// <summary>One row more than the page holds: there being one tells that another page follows.</summary>
    public int Rows => Limit + 1;

    public Page<T> Of<T>(List<T> rows, Func<T, string> id)
    {
        var page = rows.Count > Limit ? rows[..Limit] : rows;
        return page is []
            ? new(page, null, null, false)
            : new(page, id(page[0]), id(page[^1]), rows.Count > Limit);
    }
}
