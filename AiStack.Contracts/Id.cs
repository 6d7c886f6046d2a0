using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiStack.Contracts;

/// <summary>A kind of thing that has an id, and the prefix its ids carry on the wire, separator included.</summary>
public interface IKind
{
    static abstract string Prefix { get; }
}

/// <summary>An id that knows what it identifies: a chunk id cannot be passed where a document id is wanted.</summary>
/// <example><c>file-01990f3a7c5e7b0c9d2e4f6a8b1c3d5e</c></example>
[JsonConverter(typeof(IdJsonConverterFactory))]
public readonly record struct Id<TKind>(Guid Value) : IParsable<Id<TKind>>
    where TKind : IKind
{
    /// <summary>Creates an id that sorts by creation time, so that inserts land on one B-tree page.</summary>
    public static Id<TKind> New() => new(Guid.CreateVersion7());

    public override string ToString() => $"{TKind.Prefix}{Value:N}";

    public static Id<TKind> Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a '{TKind.Prefix}' id.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Id<TKind> result)
    {
        result = default;
        if (s is null || !s.StartsWith(TKind.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        if (!Guid.TryParseExact(s.AsSpan(TKind.Prefix.Length), "N", out var value))
        {
            return false;
        }

        result = new(value);
        return true;
    }
}

internal sealed class IdJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(IdJsonConverter<>).MakeGenericType(typeToConvert.GenericTypeArguments))!;

    private sealed class IdJsonConverter<TKind> : JsonConverter<Id<TKind>>
        where TKind : IKind
    {
        public override Id<TKind> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Id<TKind>.TryParse(reader.GetString(), null, out var id)
                ? id
                : throw new JsonException($"Expected a '{TKind.Prefix}' id.");

        public override void Write(Utf8JsonWriter writer, Id<TKind> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
