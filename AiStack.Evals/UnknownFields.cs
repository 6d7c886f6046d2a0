using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Evals;

/// <summary>A part of a request that keeps the fields it does not know, so that they can be refused by name.</summary>
internal interface IHasUnknownFields
{
    Dictionary<string, JsonElement>? Unknown { get; }
}

/// <summary>Refuses fields that would change a measurement if they were silently ignored.</summary>
internal static class UnknownFields
{
    public static Fault? FindUnknown(this IHasUnknownFields part, string place)
    {
        var name = part.Unknown?.Keys.FirstOrDefault();
        if (name is null)
        {
            return null;
        }

        var parameter = place.Length == 0 ? name : $"{place}.{name}";
        return new(FaultCode.InvalidArgument, $"'{parameter}' is not supported.", parameter);
    }
}
