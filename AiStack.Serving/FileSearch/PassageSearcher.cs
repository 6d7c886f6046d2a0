using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Guards;
using AiStack.Serving.Pipeline;

namespace AiStack.Serving.FileSearch;

/// <summary>Searches passages for an engine, in the name of the request's caller.</summary>
internal sealed class PassageSearcher(IHttpClientFactory http, CallerTokens tokens)
{
    public const string HttpClientName = "retrieval";

    /// <summary>Retrieval's limit of a query.</summary>
    private const int MaxQueryCharacters = 10_000;

    /// <summary>What of a question is searched for: of a very long one its end, where people ask.</summary>
    public static string Searchable(string question)
    {
        if (question.Length <= MaxQueryCharacters)
        {
            return question;
        }

        var end = question[^MaxQueryCharacters..];
        return char.IsLowSurrogate(end[0]) ? end[1..] : end;
    }

    /// <summary>
    /// What was found, with what stands beside each passage where that is to be read, too, as the project's guards let
    /// it pass; they are null where all are off. An unknown store, a bad filter and what is blocked are an
    /// <see cref="EngineFaultException"/>.
    /// </summary>
    public async Task<PassageSearchResponse> SearchAsync(
        FileSearchTool tool, string query, bool withSections, RequestGuards? guards,
        CancellationToken cancellationToken)
    {
        // A token is made for each search: an answer may take longer than a token is good for.
        var outcome = await Client().SearchAsync(
            tool.Ask(Searchable(query), withSections), tokens.Mint(tool.Caller), cancellationToken);
        var found = Result(tool, outcome);
        return guards is null ? found : GuardedPassages.Pass(found, guards);
    }

    /// <summary>
    /// Files of a store that can be searched, the newest first, and how many there are in all: of those that a search
    /// would find, since an answer names them.
    /// </summary>
    public async Task<StoreFiles> ListFilesAsync(
        FileSearchTool tool, string storeId, int most, CancellationToken cancellationToken) =>
        Result(tool, await Client().ListFilesAsync(
            storeId,
            most,
            tokens.Mint(tool.Caller with { Principals = tool.Caller.Principals ?? Principals.None }),
            cancellationToken));

    private RetrievalClient Client() => new(http.CreateClient(HttpClientName), JsonDefaults.Options);

    private static T Result<T>(FileSearchTool tool, Outcome<T> outcome)
        where T : notnull => outcome.TryGet(out var value, out var fault)
        ? value
        : throw new EngineFaultException(fault with { Parameter = Field(tool, fault.Parameter) });

    // Retrieval says which store it was; our callers gave a list.
    private static string? Field(FileSearchTool tool, string? parameter) => parameter switch
    {
        null => null,
        "vector_store_id" => $"{tool.Field}vector_store_ids",
        _ => tool.Field + parameter,
    };
}
