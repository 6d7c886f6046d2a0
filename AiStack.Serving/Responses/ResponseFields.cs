using System.Text.Json;
using AiStack.Contracts;
using AiStack.Serving.Requests;

namespace AiStack.Serving.Responses;

/// <summary>The fields whose values this service does not all take.</summary>
internal static class ResponseFields
{
    public const string SearchResults = "file_search_call.results";

    private static readonly string[] _includable =
    [
        SearchResults,
        "reasoning.encrypted_content",
        "message.input_image.image_url",
        "code_interpreter_call.outputs",
    ];

    /// <summary>The first field that would change the answer and cannot; null when there is none.</summary>
    public static Fault? Check(ResponseRequest request) =>
        Format(request.Text?.Format)
        ?? Include(request.Include)
        ?? Tools(request.Tools)
        ?? ToolChoice(request.ToolChoice);

    private static Fault? Format(JsonElement? format) =>
        format is null
        || (format is { ValueKind: JsonValueKind.Object } asked && MessageText.StringOf(asked, "type") == "text")
            ? null
            : RequestChecks.Invalid("Only the format 'text' is supported.", "text.format");

    private static Fault? Include(IReadOnlyList<string?>? include)
    {
        for (var i = 0; i < include?.Count; i++)
        {
            if (!_includable.Contains(include[i], StringComparer.Ordinal))
            {
                return RequestChecks.Invalid(
                    $"'{include[i]}' cannot be included. '{SearchResults}' can.", $"include[{i}]");
            }
        }

        return null;
    }

    private static Fault? Tools(IReadOnlyList<FileSearchFields?>? tools)
    {
        for (var i = 0; i < tools?.Count; i++)
        {
            if (tools[i]?.Type is not FileSearch.FileSearchTool.ToolName)
            {
                return RequestChecks.Invalid("Only tools of type 'file_search' are supported.", $"tools[{i}].type");
            }

            if (i > 0)
            {
                return RequestChecks.Invalid(
                    "One file_search tool is enough: it takes several vector stores.", $"tools[{i}]");
            }
        }

        return null;
    }

    private static Fault? ToolChoice(JsonElement? choice) => choice switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } name when name.GetString() is "auto" or "required" or "none" => null,
        { ValueKind: JsonValueKind.Object } named when MessageText.StringOf(named, "type") is "file_search" => null,
        _ => RequestChecks.Invalid("'tool_choice' must be 'auto', 'required', 'none' or file_search.", "tool_choice"),
    };
}
