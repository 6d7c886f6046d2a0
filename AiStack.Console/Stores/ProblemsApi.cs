using AiStack.Console.Files;
using AiStack.Contracts;

namespace AiStack.Console.Stores;

/// <summary>The files of a store that failed or were read with warnings.</summary>
internal sealed class ProblemsApi(StoresApi stores, FilesApi files)
{
    /// <summary>Of each kind, the newest; what is older can be reached through the API.</summary>
    public const int MaxProblems = 5_000;

    private const int PageSize = 100;
    private const int MaxParallelCalls = 8;

    public async Task<Outcome<IReadOnlyList<Problem>>> ListAsync(string storeId, CancellationToken cancellationToken)
    {
        List<StoreFileView> found = [];
        foreach (var filter in (string[])["failed", "warned"])
        {
            var read = await ReadAsync(storeId, filter, cancellationToken);
            if (!read.TryGet(out var some, out var fault))
            {
                return fault;
            }

            found.AddRange(some);
        }

        var names = await NamesAsync(found, cancellationToken);
        return found.ConvertAll(file => Problem.Of(file, names.GetValueOrDefault(file.Id)));
    }

    private async Task<Outcome<List<StoreFileView>>> ReadAsync(
        string storeId, string filter, CancellationToken cancellationToken)
    {
        List<StoreFileView> found = [];
        while (true)
        {
            var after = found is [.., var last] ? last.Id : null;
            var outcome = await stores.ListFilesAsync(storeId, filter, after, PageSize, cancellationToken);
            if (!outcome.TryGet(out var page, out var fault))
            {
                return fault;
            }

            found.AddRange(page.Data);
            if (!page.HasMore || page.Data.Count == 0 || found.Count >= MaxProblems)
            {
                return found;
            }
        }
    }

    /// <summary>A store lists only ids.</summary>
    private async Task<System.Collections.Concurrent.ConcurrentDictionary<string, string>> NamesAsync(
        List<StoreFileView> found, CancellationToken cancellationToken)
    {
        var names = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();
        var options =
            new ParallelOptions { MaxDegreeOfParallelism = MaxParallelCalls, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(found, options, async (file, token) =>
        {
            if ((await files.GetAsync(file.Id, token)).TryGet(out var view, out _))
            {
                names[file.Id] = view.Filename;
            }
        });
        return names;
    }
}
