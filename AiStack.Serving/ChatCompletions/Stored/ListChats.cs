using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Paging;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.ChatCompletions.Stored;

/// <summary>Lists stored chat completions, of one model or with some metadata (<c>metadata[key]=value</c>).</summary>
internal static class ListChats
{
    public static async Task<IResult> HandleAsync(
        HttpRequest request,
        [AsParameters] PageQuery query,
        string? model,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        if (!query.Read<ChatCompletion>(newestFirst: false).TryGet(out var page, out var wrong))
        {
            return wrong.ToResult();
        }

        var metadata = request.Query
            .Where(each => each.Key.StartsWith("metadata[", StringComparison.Ordinal) && each.Key.EndsWith(']'))
            .ToDictionary(each => each.Key["metadata[".Length..^1], each => each.Value.ToString());
        if (RequestChecks.Metadata(metadata) is { } fault)
        {
            return fault.ToResult();
        }

        var wanted = JsonSerializer.Serialize(new { metadata });
        var maySearch = caller.Has(Scopes.VectorStoresRead);
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var chats = await connection.ListAsync(
            $"""
            select response
            from serving.completion
            where api = 'chat.completions' and response is not null
                and ({model}::text is null or model = {model} or engine = {model})
                and ({metadata.Count == 0} or response @> {wanted}::jsonb)
                and ({maySearch} or not (has_sources or cardinality(vector_store_ids) > 0))
                and (principals is null or principals <@ {caller.PrincipalNames()})
                and ({page.NewerThan}::uuid is null or id > {page.NewerThan})
                and ({page.OlderThan}::uuid is null or id < {page.OlderThan})
            order by id {page.Direction}
            limit {page.Rows}
            """,
            row => JsonElement.Parse(row.GetString(0)),
            cancellationToken);
        return TypedResults.Ok(page.Of(chats, chat => chat.GetProperty("id").GetString()!));
    }
}
