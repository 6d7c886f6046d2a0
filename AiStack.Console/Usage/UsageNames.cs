using AiStack.Console.Files;
using AiStack.Console.Keys;
using AiStack.Console.SignIn;

namespace AiStack.Console.Usage;

/// <summary>What usage can be counted by, as the API calls it.</summary>
internal static class UsageBy
{
    public const string Model = "model";
    public const string Key = "api_key_id";
    public const string Store = "vector_store_id";
}

/// <summary>What people call the keys and the stores that usage was counted by.</summary>
internal sealed class UsageNames(KeysApi keys, StoresApi stores, Person person)
{
    /// <summary>Of more stores than these the ids are shown.</summary>
    private const int MaxStores = 100;

    /// <summary>Of older keys than the newest thousand the ids are shown.</summary>
    private const int MaxKeyPages = 10;

    /// <summary>
    /// Names by id. What keys are called is for those who may see the page of keys; others see their ids.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(string by, CancellationToken cancellationToken)
    {
        switch (by)
        {
            case UsageBy.Key when await person.RefusalAsync(Roles.Admin) is null:
                return await ReadKeysAsync(cancellationToken);
            case UsageBy.Store:
                return (await stores.ListAsync(null, MaxStores, cancellationToken)).TryGet(out var page, out _)
                    ? page.Data.ToDictionary(store => store.Id, store => store.Title)
                    : new Dictionary<string, string>();
            default:
                return new Dictionary<string, string>();
        }
    }

    private async Task<Dictionary<string, string>> ReadKeysAsync(CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        string? after = null;
        for (var pages = 0; pages < MaxKeyPages; pages++)
        {
            if (!(await keys.ListAsync(after, cancellationToken)).TryGet(out var page, out _))
            {
                break;
            }

            foreach (var key in page.Data)
            {
                names[key.Id] = $"{key.Name} ({key.Hint})";
            }

            after = page.LastId;
            if (!page.HasMore)
            {
                break;
            }
        }

        return names;
    }

    /// <summary>A group with its name.</summary>
    public static UsageGroup Named(UsageResult result, string by, IReadOnlyDictionary<string, string> names)
    {
        var id = UsageChart.Id(result);
        return new(id, names.GetValueOrDefault(id, id.Length > 0 ? id : Nothing(by)), result);
    }

    private static string Nothing(string by) => by == UsageBy.Store ? "Without sources" : "No key";
}
