using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Secrets;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.RemoteTools;
using Npgsql;

namespace AiStack.Serving.McpServers;

/// <summary>
/// Changes a server; what is left out stays, but for secrets when the address changes: another server must not be sent
/// what was meant for this one.
/// </summary>
internal static class UpdateMcpServer
{
    public static async Task<IResult> HandleAsync(
        string id,
        McpServerRequest request,
        Caller caller,
        McpServerChecks checks,
        SecretBox secrets,
        ProjectServers servers,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (!Id<ToolServer>.TryParse(id, null, out var serverId))
        {
            return McpServerEndpoints.NotFound(id).ToResult();
        }

        if (checks.Find(request) is { } wrong)
        {
            return wrong.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        try
        {
            await UpdateAsync(connection, serverId, request, secrets.Seal(request, serverId), caller, time);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Fault(
                FaultCode.Conflict, $"There is a server '{request.Label}' already.", "label").ToResult();
        }

        await servers.ForgetAsync(caller.ProjectId);
        return await connection.FirstOrDefaultAsync(
            McpServerObject.Select(serverId), McpServerObject.Read, cancellationToken) is { } server
            ? TypedResults.Ok(server)
            : McpServerEndpoints.NotFound(id).ToResult();
    }

    // A change that was begun is made, whether or not the caller stays.
    private static Task<int> UpdateAsync(
        NpgsqlConnection connection,
        Id<ToolServer> id,
        McpServerRequest request,
        byte[]? box,
        Caller caller,
        TimeProvider time)
    {
        var url = request.Url is { } given ? new Uri(given).AbsoluteUri : null;
        return connection.ExecuteAsync(
            $"""
            update serving.mcp_server
            set label = coalesce({request.Label}::text, label),
                url = coalesce({url}::text, url),
                description = nullif(coalesce({request.Description}::text, description), ''),
                allowed_tools = case when {request.ChangesTools} then {request.Names}::text[] else allowed_tools end,
                require_approval = coalesce({request.RequireApproval}::text, require_approval),
                secrets = case
                    when {request.ChangesSecrets} then {box}::bytea
                    when {url}::text <> url then null
                    else secrets
                end,
                enabled = coalesce({request.Enabled}::boolean, enabled),
                updated_at = {time.GetUtcNow()},
                updated_by = {caller.KeyId?.ToString() ?? "service"}
            where id = {id}
            """,
            CancellationToken.None);
    }
}
