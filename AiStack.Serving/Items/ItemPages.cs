using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Paging;
using AiStack.Serving.Requests;

namespace AiStack.Serving.Items;

/// <summary>Pages of items, in the order in which they were said: their ids have no order.</summary>
internal static class ItemPages
{
    /// <summary>Items are of several kinds, and a page's cursor is of one.</summary>
    public static PageQuery Cursors(PageQuery query) =>
        query with { After = Cursor(query.After), Before = Cursor(query.Before) };

    /// <summary>The fault of cursors that are not among the items; null when they are.</summary>
    public static Fault? CheckCursors(List<Item> items, PageQuery query, string whole) =>
        CheckCursor(items, query.After, "after", whole) ?? CheckCursor(items, query.Before, "before", whole);

    private static Fault? CheckCursor(List<Item> items, string? cursor, string field, string whole) =>
        cursor is null || items.Exists(item => item.Id == cursor)
            ? null
            : RequestChecks.Invalid($"'{field}' is not an item of this {whole}: '{cursor}'.", field);

    public static Page<Item> Of(List<Item> items, PageRequest page)
    {
        var newer = items.FindIndex(item => IsAt(item, page.NewerThan)) + 1;
        var end = items.FindIndex(item => IsAt(item, page.OlderThan));
        var between = items.Take(end < 0 ? items.Count : end).Skip(newer);
        var walked = page.Direction == SortDirection.Descending ? between.Reverse() : between;
        return page.Of([.. walked.Take(page.Rows)], item => item.Id);
    }

    private static bool IsAt(Item item, Guid? cursor) =>
        cursor is { } id && item.Id.EndsWith(id.ToString("N"), StringComparison.Ordinal);

    private static string? Cursor(string? itemId) =>
        itemId is not null && itemId.IndexOf('_', StringComparison.Ordinal) is >= 0 and var end
            ? $"{Message.Prefix}{itemId[(end + 1)..]}"
            : itemId;
}
