using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Console.Attributes;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;

namespace AiStack.Console.Stores;

/// <summary>A file's attributes, to look at and, for those who may, to change.</summary>
public sealed partial class AttributeEditor
{
    private const int MaxAttributes = 16; // OpenAI's limit, and ours.

    private List<AttributeRow> _rows = [];
    private IReadOnlyDictionary<string, JsonElement>? _read;
    private Fault? _fault;

    [Parameter]
    public IReadOnlyDictionary<string, JsonElement>? Attributes { get; set; }

    [Parameter]
    public EventCallback<JsonObject> OnSave { get; set; }

    // What the person is writing is not overwritten by looking at the file's state again.
    protected override void OnParametersSet()
    {
        var attributes = Attributes ?? new Dictionary<string, JsonElement>();
        if (_read is not null && Same(_read, attributes))
        {
            return;
        }

        _read = attributes;
        _rows = [.. attributes.Select(
            pair => new AttributeRow { Name = pair.Key, Value = AttributeText.Write(pair.Value) })];
    }

    private async Task SaveAsync()
    {
        _fault = _rows.GroupBy(row => row.Name.Trim()).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? new(FaultCode.InvalidArgument, $"There are two attributes “{twice.Key}”. Each name can have one value.")
            : null;
        if (_fault is null)
        {
            await OnSave.InvokeAsync(new JsonObject(_rows.Select(
                row => KeyValuePair.Create<string, JsonNode?>(row.Name.Trim(), AttributeText.Read(row.Value)))));
        }
    }

    private static bool Same(
        IReadOnlyDictionary<string, JsonElement> first, IReadOnlyDictionary<string, JsonElement> second) =>
        first.Count == second.Count && first.All(pair =>
            second.TryGetValue(pair.Key, out var value) && JsonElement.DeepEquals(pair.Value, value));

    private sealed class AttributeRow
    {
        public string Name { get; set; } = "";

        public string Value { get; set; } = "";
    }
}
