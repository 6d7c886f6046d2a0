using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Secrets;
using AiStack.Serving.RemoteTools;
using Microsoft.Extensions.Options;

namespace AiStack.Serving.Requests;

/// <summary>Reads the servers whose tools a request offers: only those that its project's admins have put on its list.
/// </summary>
internal sealed class McpTools(ProjectServers servers, SecretBox secrets, IOptions<McpOptions> options)
{
    private const int MaxDescription = 2_000;

    /// <param name="tools">Those of the type <c>mcp</c>, each with its place in the request.</param>
    /// <param name="listed">What the conversation has lists of, by the servers' labels.</param>
    /// <param name="chosen">Those of a server's tools that <c>tool_choice</c> leaves, by its label.</param>
    public async ValueTask<Outcome<IReadOnlyList<McpTool>>> ReadAsync(
        IReadOnlyList<(ToolFields Fields, string Place)> tools,
        Caller caller,
        IReadOnlyDictionary<string, IReadOnlyList<RemoteTool>> listed,
        Func<string, ToolFilter> chosen,
        CancellationToken cancellationToken)
    {
        if (tools.Count == 0)
        {
            return new List<McpTool>();
        }

        if (tools.Count > options.Value.MaxServers)
        {
            return RequestChecks.Invalid(
                $"'tools' has {tools.Count} MCP servers; the limit is {options.Value.MaxServers}.", "tools");
        }

        var known = await servers.ReadAsync(caller.ProjectId, cancellationToken);
        List<McpTool> read = [];
        foreach (var (fields, place) in tools)
        {
            if (!Read(fields, place, known.Servers, listed, chosen).TryGet(out var tool, out var fault))
            {
                return fault;
            }

            if (read.Exists(other => other.Label == tool.Label))
            {
                return RequestChecks.Invalid(
                    $"There are two MCP servers '{tool.Label}'.", $"{place}.server_label");
            }

            read.Add(tool);
        }

        return read;
    }

    private Outcome<McpTool> Read(
        ToolFields fields,
        string place,
        IReadOnlyList<McpServer> known,
        IReadOnlyDictionary<string, IReadOnlyList<RemoteTool>> listed,
        Func<string, ToolFilter> chosen)
    {
        if (Check(fields, place) is { } wrong)
        {
            return wrong;
        }

        if (!Find(fields, place, known).TryGet(out var server, out var unknown))
        {
            return unknown;
        }

        if (!McpFields.Allowed(fields.AllowedTools, $"{place}.allowed_tools")
            .TryGet(out var allowed, out var badFilter))
        {
            return badFilter;
        }

        if (!McpFields.Approval(fields.RequireApproval, server.AsksFirst, $"{place}.require_approval")
            .TryGet(out var approval, out var badRule))
        {
            return badRule;
        }

        if (!Headers(server, fields, place).TryGet(out var headers, out var badHeader))
        {
            return badHeader;
        }

        var label = fields.ServerLabel!;
        return new McpTool(
            server,
            label,
            fields.ServerDescription ?? server.Description,
            [new ToolFilter(server.AllowedTools), allowed],
            approval,
            headers,
            listed.GetValueOrDefault(label),
            chosen(label),
            hasOwnHeaders: fields.Headers is { Count: > 0 } || fields.Authorization is not null);
    }

    private static Fault? Check(ToolFields fields, string place) => fields switch
    {
        { ConnectorId: not null } => RequestChecks.Invalid(
            "Connectors are services of OpenAI's own and are not here. Name an MCP server by its 'server_label'.",
            $"{place}.connector_id"),
        { ServerLabel: null } => RequestChecks.Invalid(
            "An MCP server needs a 'server_label'.", $"{place}.server_label"),
        _ when !McpFields.IsLabel(fields.ServerLabel) => RequestChecks.Invalid(
            "A 'server_label' begins with a letter and has at most 64 letters, digits, '_' and '-'.",
            $"{place}.server_label"),
        { ServerDescription.Length: > MaxDescription } => RequestChecks.Invalid(
            $"'server_description' may have at most {MaxDescription} characters.", $"{place}.server_description"),
        _ => null,
    };

    /// <summary>By its address where the request has one, which must be the very one on the list; else by its label.
    /// </summary>
    private static Outcome<McpServer> Find(ToolFields fields, string place, IReadOnlyList<McpServer> known)
    {
        var field = fields.ServerUrl is null ? "server_label" : "server_url";
        var url = fields.ServerUrl is { } given && Uri.TryCreate(given, UriKind.Absolute, out var read)
            ? read.AbsoluteUri // Two addresses are equal as such where names and passwords in them differ.
            : null;
        var found = fields.ServerUrl is null
            ? known.FirstOrDefault(server => server.Label == fields.ServerLabel)
            : known.Where(server => server.Url.AbsoluteUri == url)
                .OrderByDescending(server => server.Label == fields.ServerLabel)
                .FirstOrDefault();
        return found switch
        {
            { IsEnabled: true } => found,
            { } => RequestChecks.Invalid(
                $"The MCP server '{found.Label}' is turned off. An admin turns it on under 'MCP servers' in the "
                + "Console, or by POST /api/mcp-servers/{id}.",
                $"{place}.{field}"),
            null => RequestChecks.Invalid(
                "The MCP server is not on the list of this project. An admin puts it there under 'MCP servers' in the "
                + "Console, or by POST /api/mcp-servers; a request names it by its 'server_label', or by exactly its "
                + "'server_url'.",
                $"{place}.{field}"),
        };
    }

    /// <summary>What the project has for the server, and the request's own in its place.</summary>
    private Outcome<IReadOnlyDictionary<string, string>> Headers(McpServer server, ToolFields fields, string place)
    {
        if (!McpFields.Headers(fields.Headers, fields.Authorization, $"{place}.").TryGet(out var own, out var wrong))
        {
            return wrong;
        }

        var kept = server.Secrets is { } box ? secrets.Open(box, server.Id.Value) : new Dictionary<string, string>();
        if (kept is null)
        {
            return new Fault(
                FaultCode.InvalidArgument,
                $"What is kept to sign in to the MCP server '{server.Label}' was sealed with another key. An admin "
                + "sets its headers anew.",
                $"{place}.server_label");
        }

        var headers = new Dictionary<string, string>(kept, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in own)
        {
            headers[name] = value;
        }

        return headers;
    }
}
