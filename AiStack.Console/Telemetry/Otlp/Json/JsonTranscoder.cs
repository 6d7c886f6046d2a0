using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp.Json;

/// <summary>
/// Brings OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) into protobuf: ids are
/// hexadecimal, 64-bit numbers are text, enumerations are numbers, names that are not known are skipped.
/// </summary>
internal static class JsonTranscoder
{
    /// <summary>OTLP's own nesting, and values within values within reason.</summary>
    private const int MaxDepth = 64;

    private static readonly JsonReaderOptions _options = new() { MaxDepth = MaxDepth, AllowMultipleValues = true };

    /// <summary>
    /// The message in protobuf. Several JSON objects one after the other, as collectors write into files, become one
    /// message.
    /// </summary>
    /// <exception cref="OtlpFormatException">It is not JSON, or a value is not of its field's type.</exception>
    public static byte[] ToProtobuf(ReadOnlySpan<byte> json, OtlpMessage message)
    {
        var writer = new ProtoWriter();
        var reader = new Utf8JsonReader(WithoutMark(json), _options);
        try
        {
            if (!reader.Read())
            {
                throw new OtlpFormatException("There is no JSON object.");
            }

            do
            {
                Require(reader.TokenType == JsonTokenType.StartObject, "the message", "an object");
                WriteMessage(ref reader, writer, message);
            }
            while (reader.Read());
        }
        catch (JsonException exception)
        {
            throw new OtlpFormatException(
                $"Not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.", exception);
        }

        catch (Exception exception) when (exception is FormatException or InvalidOperationException)
        {
            throw new OtlpFormatException("A text is not valid Unicode, or a number is not one.", exception);
        }

        return writer.ToArray();
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) =>
        json.StartsWith("\uFEFF"u8) ? json[3..] : json;

    private static void WriteMessage(ref Utf8JsonReader reader, ProtoWriter writer, OtlpMessage message)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (message[name] is not { } field || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else if (field.IsRepeated)
            {
                Require(reader.TokenType == JsonTokenType.StartArray, name, "an array");
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    WriteValue(ref reader, writer, name, field);
                }
            }
            else
            {
                WriteValue(ref reader, writer, name, field);
            }
        }
    }

    private static void WriteValue(ref Utf8JsonReader reader, ProtoWriter writer, string name, OtlpField field)
    {
        switch (field.Type)
        {
            case FieldType.Message:
                Require(reader.TokenType == JsonTokenType.StartObject, name, "an object");
                var inner = new ProtoWriter();
                WriteMessage(ref reader, inner, field.Message!);
                writer.Message(field.Number, inner);
                break;
            case FieldType.Text:
                writer.Text(field.Number, Text(ref reader, name));
                break;
            case FieldType.Id:
                writer.Bytes(field.Number, FromHex(Text(ref reader, name), name));
                break;
            case FieldType.Bytes:
                writer.Bytes(field.Number, FromBase64(Text(ref reader, name), name));
                break;
            case FieldType.Bool:
                Require(reader.TokenType is JsonTokenType.True or JsonTokenType.False, name, "true or false");
                writer.Varint(field.Number, reader.GetBoolean() ? 1u : 0);
                break;
            case FieldType.SInt32:
                writer.SInt32(field.Number, (int)Math.Clamp(Whole(ref reader, name), int.MinValue, int.MaxValue));
                break;
            case FieldType.Varint:
                writer.Varint(field.Number, Bits(Whole(ref reader, name)));
                break;
            case FieldType.Fixed64:
                writer.Fixed64(field.Number, Bits(Whole(ref reader, name)));
                break;
            default:
                writer.Double(field.Number, Number(ref reader, name));
                break;
        }
    }

    // Either a signed or an unsigned number of 64 bits.
    private static ulong Bits(decimal value) => value < 0 ? unchecked((ulong)(long)value) : (ulong)value;

    private static string Text(ref Utf8JsonReader reader, string name)
    {
        Require(reader.TokenType == JsonTokenType.String, name, "text");
        return reader.GetString()!;
    }

    private static decimal Whole(ref Utf8JsonReader reader, string name)
    {
        var text = reader.TokenType == JsonTokenType.Number ? Encoding.ASCII.GetString(reader.ValueSpan)
            : Text(ref reader, name);
        var isWhole = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && value == decimal.Truncate(value) && value is >= long.MinValue and <= ulong.MaxValue;
        Require(isWhole, name, "a whole number of 64 bits");
        return value;
    }

    private static double Number(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.GetDouble();
        }

        var text = Text(ref reader, name);
        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
        Require(isNumber, name, "a number");
        return value;
    }

    private static byte[] FromHex(string text, string name)
    {
        var bytes = new byte[text.Length / 2];
        var isHex = text.Length % 2 == 0
            && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
        Require(isHex, name, "hexadecimal");
        return bytes;
    }

    private static byte[] FromBase64(string text, string name)
    {
        Require(Base64.IsValid(text), name, "base 64");
        return Convert.FromBase64String(text);
    }

    private static void Require(bool holds, string name, string what)
    {
        if (!holds)
        {
            throw new OtlpFormatException($"'{name}' must be {what}.");
        }
    }
}
