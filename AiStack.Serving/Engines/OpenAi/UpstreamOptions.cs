using System.Text.Json;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace AiStack.Serving.Engines.OpenAi;

/// <summary>
/// Writes what a request asks for in the words of the model's server, as the caller wrote it: schemas and functions are
/// not changed on their way.
/// </summary>
internal static class UpstreamOptions
{
    public static void SetOn(ChatOptions asked, OpenAiOptions upstream)
    {
        asked.ModelId = ModelSettings.In(asked).Model ?? upstream.Model;
        asked.MaxOutputTokens ??= upstream.MaxOutputTokens;
        var written = new ChatCompletionOptions();
        WriteFunctions(written, asked);
        WriteFormat(written, asked);
        WriteSettings(written, ModelSettings.In(asked));
        OutputLimit.Write(written, asked, upstream);
        asked.RawRepresentationFactory = _ => written;
    }

    private static void WriteFunctions(ChatCompletionOptions written, ChatOptions asked)
    {
        foreach (var function in ClientFunction.In(asked))
        {
            written.Tools.Add(ChatTool.CreateFunctionTool(
                function.Name,
                function.Description.Length > 0 ? function.Description : null,
                BinaryData.FromString(function.JsonSchema.GetRawText()),
                function.IsStrict));
        }

        // What is left are our own, which the client writes.
        asked.Tools = asked.Tools?.Where(tool => tool is AIFunction).ToList();
        if (written.Tools.Count == 0)
        {
            asked.ToolMode = asked.Tools is { Count: > 0 } ? asked.ToolMode : null;
            asked.AllowMultipleToolCalls = null;
            return;
        }

        written.AllowParallelToolCalls = asked.AllowMultipleToolCalls;
        written.ToolChoice = asked.ToolMode switch
        {
            NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
            RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
            RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
            AutoChatToolMode => ChatToolChoice.CreateAutoChoice(),
            _ => null,
        };
    }

    private static void WriteFormat(ChatCompletionOptions written, ChatOptions asked)
    {
        if (asked.ResponseFormat is not ChatResponseFormatJson json)
        {
            return;
        }

        written.ResponseFormat = json.Schema is { } schema
            ? OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
                json.SchemaName!,
                BinaryData.FromString(schema.GetRawText()),
                json.SchemaDescription,
                ModelSettings.In(asked).SchemaIsStrict)
            : OpenAI.Chat.ChatResponseFormat.CreateJsonObjectFormat();
        asked.ResponseFormat = null;
    }

#pragma warning disable SCME0001 // The only way to write fields that the client does not know, or calls experimental.
    private static void WriteSettings(ChatCompletionOptions written, ModelSettings settings)
    {
        if (settings.ReasoningEffort is { } effort)
        {
            written.Patch.Set("$.reasoning_effort"u8, effort);
        }

        if (settings.Verbosity is { } verbosity)
        {
            written.Patch.Set("$.verbosity"u8, verbosity);
        }

        if (settings.TopLogprobs is { } count)
        {
            written.IncludeLogProbabilities = true;
            written.TopLogProbabilityCount = count > 0 ? count : null;
        }

        if (settings.LogitBias is { ValueKind: JsonValueKind.Object } bias)
        {
            written.Patch.Set("$.logit_bias"u8, BinaryData.FromString(bias.GetRawText()));
        }
    }
#pragma warning restore SCME0001
}
