using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Secrets;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.RemoteTools;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.McpServers;

/// <summary>Puts a server on the project's list: from then on its requests may name it.</summary>
internal static class CreateMcpServer
{
    /// <summary>How many a project may have: they are read together.</summary>
    private const int MaxServers = 200;

    public static async Task<IResult> HandleAsync(
        McpServerRequest request,
        Caller caller,
        McpServerChecks checks,
        SecretBox secrets,
        ProjectServers servers,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var wrong = (request.Label is null ? RequestChecks.Invalid("'label' is missing.", "label") : null)
            ?? (request.Url is null ? RequestChecks.Invalid("'url' is missing.", "url") : null)
            ?? checks.Find(request);
        if (wrong is not null)
        {
            return wrong.ToResult();
        }

        var id = Id<ToolServer>.New();
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        var rows = await connection.ExecuteAsync(
            $"""
            insert into serving.mcp_server (
                id, project_id, label, url, description, allowed_tools, require_approval, secrets, enabled, created_at,
                updated_at, updated_by)
            select {id}, {caller.ProjectId}, {request.Label}, {new Uri(request.Url!).AbsoluteUri},
                   {request.Description}::text, {request.Names}::text[],
                   {request.RequireApproval ?? ApprovalRule.Always}, {secrets.Seal(request, id)}::bytea,
                   {request.Enabled ?? true}, {time.GetUtcNow()}, {time.GetUtcNow()},
                   {caller.KeyId?.ToString() ?? "service"}
            where (select count(*) from serving.mcp_server) < {MaxServers}
            on conflict (project_id, label) do nothing
            """,
            cancellationToken);
        if (rows == 0)
        {
            return new Fault(
                FaultCode.Conflict,
                $"There is a server '{request.Label}' already, or there are {MaxServers} servers.", "label").ToResult();
        }

        await servers.ForgetAsync(caller.ProjectId);
        return TypedResults.Created(
            $"/api/mcp-servers/{id}",
            await connection.FirstOrDefaultAsync(
                McpServerObject.Select(id), McpServerObject.Read, cancellationToken));
    }

    /// <summary>What is kept sealed; null where the request brings nothing to keep.</summary>
    public static byte[]? Seal(this SecretBox secrets, McpServerRequest request, Id<ToolServer> id) =>
        McpFields.Headers(request.Headers, request.Authorization, "").TryGet(out var headers, out _)
        && headers.Count > 0
            ? secrets.Seal(headers, id.Value)
            : null;
}
