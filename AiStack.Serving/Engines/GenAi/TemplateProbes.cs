using System.Text.Json.Nodes;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// Small conversations that show what a chat template can do: its model sees the words in them, or not.
/// </summary>
internal static class TemplateProbes
{
    public const string System = "Be brief.";
    public const string Function = "look_at_the_sky";
    public const string Result = "it is blue";

    public const string Functions =
        """
        [{"type":"function","function":{"name":"look_at_the_sky","description":"Looks.",
        "parameters":{"type":"object","properties":{"at":{"type":"string"}},"required":["at"]}}}]
        """;

    public static JsonObject Rules => new() { ["role"] = "system", ["content"] = System };

    public static JsonObject[] Question => [new() { ["role"] = "user", ["content"] = "Hello?" }];

    public static JsonObject[] Call =>
    [
        new()
        {
            ["role"] = "assistant",
            ["content"] = "",
            ["tool_calls"] = new JsonArray(TemplateMessages.Call("call_1", Function, """{"at":"noon"}""")),
        },
        new() { ["role"] = "tool", ["name"] = Function, ["tool_call_id"] = "call_1", ["content"] = Result },
    ];
}
