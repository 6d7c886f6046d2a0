using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>Writes arrays and maps of OTLP as JSON, as people would.</summary>
internal sealed class NestedJson : IDisposable
{
    // It is shown as text, never as a part of a page: nothing in it needs to be escaped for HTML.
    private static readonly JsonWriterOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Utf8JsonWriter _json;
    private readonly int _maxDepth;

    public NestedJson(int maxDepth)
    {
        _maxDepth = maxDepth;
        _json = new(_bytes, _plain);
    }

    /// <summary>Writes a value: field 5 of a value is an array, field 6 a map.</summary>
    public void Write(int field, ProtoReader value)
    {
        if (field == 5)
        {
            _json.WriteStartArray();
            while (value.Next())
            {
                if (value.Field == 1)
                {
                    WriteAny(value.Message());
                }
            }

            _json.WriteEndArray();
            return;
        }

        _json.WriteStartObject();
        while (value.Next())
        {
            if (value.Field == 1)
            {
                WritePair(value.Message());
            }
        }

        _json.WriteEndObject();
    }

    public override string ToString()
    {
        _json.Flush();
        return Encoding.UTF8.GetString(_bytes.WrittenSpan);
    }

    public void Dispose() => _json.Dispose();

    private void WritePair(ProtoReader pair)
    {
        var value = default(ReadOnlySpan<byte>);
        var key = default(ReadOnlySpan<byte>);
        while (pair.Next())
        {
            switch (pair.Field)
            {
                case 1: key = pair.Bytes(); break;
                case 2: value = pair.Bytes(); break;
                default: break;
            }
        }

        _json.WritePropertyName(Encoding.UTF8.GetString(key));
        WriteAny(new(value));
    }

    private void WriteAny(ProtoReader any)
    {
        if (!any.Next())
        {
            _json.WriteNullValue();
            return;
        }

        switch (any.Field)
        {
            case 1: _json.WriteStringValue(Encoding.UTF8.GetString(any.Bytes())); break;
            case 2: _json.WriteBooleanValue(any.Bool()); break;
            case 3: _json.WriteNumberValue(any.Int64()); break;
            case 4: WriteNumber(any.Double()); break;
            case 5 or 6 when _json.CurrentDepth < _maxDepth: Write(any.Field, any.Message()); break;
            case 7: _json.WriteBase64StringValue(any.Bytes()); break;
            default: _json.WriteStringValue("…"); break;
        }
    }

    // JSON has no such numbers; and a whole number keeps its point, so that it is read as what it was.
    private void WriteNumber(double number)
    {
        if (!double.IsFinite(number))
        {
            _json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
            return;
        }

        var text = number.ToString("R", CultureInfo.InvariantCulture);
        _json.WriteRawValue(text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0");
    }
}
