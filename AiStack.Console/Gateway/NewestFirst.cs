namespace AiStack.Console.Gateway;

/// <summary>A list of the API's, newest first, as far as its page has asked for it.</summary>
internal sealed class NewestFirst<T>(Func<T, string> idOf)
{
    /// <summary>Null until the first page is there.</summary>
    public IReadOnlyList<T>? Items { get; private set; }

    /// <summary>Whether there are older ones than those.</summary>
    public bool HasMore { get; private set; }

    /// <summary>After which the next page begins.</summary>
    public string? Last => Items is [.., var last] ? idOf(last) : null;

    /// <summary>Puts the newest page, read again, in front of what was loaded of the others.</summary>
    public void Renew(Page<T> newest)
    {
        var known = newest.Data.Select(idOf).ToHashSet(StringComparer.Ordinal);
        var older = newest.HasMore ? Items?.Where(item => !known.Contains(idOf(item))) ?? [] : [];
        HasMore = Items is null ? newest.HasMore : HasMore;
        Items = [.. newest.Data, .. older];
    }

    public void Append(Page<T> older) => (Items, HasMore) = ([.. Items ?? [], .. older.Data], older.HasMore);

    public void Put(T changed) =>
        Items = Items?.Select(item => idOf(item) == idOf(changed) ? changed : item).ToList();

    public void Remove(string id) => Items = Items?.Where(item => idOf(item) != id).ToList();
}
