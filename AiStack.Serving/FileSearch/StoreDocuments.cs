using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Serving.FileSearch;

/// <summary>The documents that a request may be answered from.</summary>
/// <param name="Filenames">The newest ones, in the order of their names.</param>
/// <param name="Count">How many there are in all.</param>
internal sealed record DocumentList(IReadOnlyList<string> Filenames, int Count);

/// <summary>
/// Lists them: Retrieval says which files are in a store, and what they are called there, with what the store covers
/// covered; Ingest publishes which of them the project has.
/// </summary>
internal sealed class StoreDocuments(PassageSearcher searcher, NpgsqlDataSource database)
{
    public async Task<DocumentList> ListAsync(FileSearchTool tool, int most, CancellationToken cancellationToken)
    {
        var stores = await Task.WhenAll(
            tool.VectorStoreIds.Select(id => searcher.ListFilesAsync(tool, id, most, cancellationToken)));
        var files = stores.SelectMany(store => store.Files).DistinctBy(file => file.Id).Take(most).ToList();
        var ids = files.ConvertAll(file => file.Id.Value).ToArray();
        await using var connection = await database.OpenForAsync(tool.Caller.ProjectId, cancellationToken);
        var there = await connection.ListAsync(
            $"select id from ingest.published_file where id = any({ids})", row => row.GetGuid(0), cancellationToken);
        var names = files.Where(file => there.Contains(file.Id.Value)).Select(file => file.Filename).OfType<string>()
            .OrderBy(name => name.ToUpperInvariant(), StringComparer.Ordinal)
            .ThenBy(name => name, StringComparer.Ordinal).ToList();
        return new(names, Math.Max(stores.Sum(store => store.Count), names.Count));
    }
}
