using System.Text.Json;

namespace AiStack.ServiceDefaults.Errors;

/// <summary>A request has a field that is known and not supported; <see cref="JsonException.Path"/> names it.</summary>
internal sealed class UnsupportedFieldException(string reason) : JsonException
{
    public string Reason => reason;
}
