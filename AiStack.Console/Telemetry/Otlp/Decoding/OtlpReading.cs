using System.Globalization;
using System.Text;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>The strings that all messages share.</summary>
internal sealed class OtlpTexts
{
    public TextPool Texts { get; } = new();

    /// <summary>Ids have a pool of their own: there are so many that nothing else would stay in one.</summary>
    public TextPool Ids { get; } = new();

    /// <summary>Who reports: a process says the same of itself in each message.</summary>
    public RecordPool<TelemetryResource> Resources { get; } = new();

    public RecordPool<TelemetryScope> Scopes { get; } = new();
}

/// <summary>What reading one message needs and finds out: texts, limits, and what was cut or refused.</summary>
internal sealed class OtlpReading(TelemetryOptions limits, OtlpTexts texts, bool isImported = false)
{
    /// <summary>Values within values that are shown; what is deeper is not.</summary>
    private const int MaxDepth = 16;

    /// <summary>Characters of a key; conventions have names of up to some fifty.</summary>
    private const int MaxKeyLength = 256;

    /// <summary>Characters of a dimension's value: they come from small sets, and people pick from them.</summary>
    private const int MaxDimensionLength = 1_024;

    private readonly List<TelemetryAttribute> _attributes = [];

    public TelemetryOptions Limits => limits;

    public bool IsImported => isImported;

    /// <summary>Spans, records or points that were in the message.</summary>
    public int Received { get; set; }

    /// <summary>Those of them that are not kept because they break the rules.</summary>
    public int Rejected { get; private set; }

    /// <summary>Why, for the last of them.</summary>
    public string? Reason { get; private set; }

    public int ValuesCut { get; private set; }

    public int TooMany { get; set; }

    public void Reject(string reason, int items = 1)
    {
        Rejected += items;
        Reason = reason;
    }

    /// <summary>The same object for the same process.</summary>
    public TelemetryResource Share(TelemetryResource resource) => texts.Resources.Share(resource);

    /// <summary>The same object for the same library.</summary>
    public TelemetryScope Share(TelemetryScope scope) => texts.Scopes.Share(scope);

    /// <summary>A text that is said again and again: a name, a key.</summary>
    public string Name(ReadOnlySpan<byte> utf8) => Text(utf8);

    /// <summary>A text of any length: cut, if it is too long, with a mark that says so.</summary>
    public string Text(ReadOnlySpan<byte> utf8) => Text(utf8, limits.MaxValueLength);

    private string Text(ReadOnlySpan<byte> utf8, int maxLength)
    {
        if (utf8.Length <= maxLength)
        {
            return texts.Texts.FromUtf8(utf8);
        }

        // A character has four bytes at most; with one more the last one that is kept is whole.
        var start = Encoding.UTF8.GetString(utf8[..(int)Math.Min(utf8.Length, (maxLength + 1L) * 4)]);
        if (start.Length <= maxLength)
        {
            return start;
        }

        ValuesCut++;
        var length = maxLength - (char.IsHighSurrogate(start[maxLength - 1]) ? 1 : 0);
        return string.Create(
            CultureInfo.InvariantCulture, $"{start.AsSpan(0, length)}… [cut: {utf8.Length:N0} bytes in all]");
    }

    /// <summary>A span's or trace's id; <c>null</c> where there is none, or none that is valid.</summary>
    public string? Id(ReadOnlySpan<byte> bytes, int length) =>
        bytes.Length == length && bytes.ContainsAnyExcept((byte)0) ? texts.Ids.FromId(bytes) : null;

    /// <summary>Where the attributes begin that are read next; see <see cref="TakeAttributes"/>.</summary>
    public int BeginAttributes() => _attributes.Count;

    /// <summary>
    /// Reads a key and its value. What belongs to an inner message is taken before the outer one goes on.
    /// </summary>
    public void ReadAttribute(ProtoReader pair, int begin) => ReadAttribute(pair, begin, limits.MaxValueLength);

    /// <summary>The same of a point, where values are shorter.</summary>
    public void ReadDimension(ProtoReader pair, int begin) =>
        ReadAttribute(pair, begin, Math.Min(MaxDimensionLength, limits.MaxValueLength));

    private void ReadAttribute(ProtoReader pair, int begin, int maxLength)
    {
        var (key, value, kind) = ("", "", AttributeKind.Text);
        while (pair.Next())
        {
            switch (pair.Field)
            {
                case 1: key = Text(pair.Bytes(), MaxKeyLength); break;
                case 2: (value, kind) = Value(pair.Message(), maxLength); break;
                default: break;
            }
        }

        if (_attributes.Count - begin >= limits.MaxAttributes)
        {
            TooMany++;
            return;
        }

        _attributes.Add(new(key, value, kind));
    }

    /// <summary>The attributes read since <paramref name="begin"/>.</summary>
    public TelemetryAttributes TakeAttributes(int begin, bool sorted = false)
    {
        if (_attributes.Count == begin)
        {
            return default;
        }

        var taken = _attributes[begin..].ToArray();
        _attributes.RemoveRange(begin, taken.Length);
        if (sorted)
        {
            Array.Sort(taken, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        }

        return new(taken);
    }

    /// <summary>A value of any type, as text.</summary>
    public (string Text, AttributeKind Kind) Value(ProtoReader any) => Value(any, limits.MaxValueLength);

    private (string Text, AttributeKind Kind) Value(ProtoReader any, int maxLength)
    {
        var (text, kind) = ("", AttributeKind.Text);
        Span<char> digits = stackalloc char[32];
        while (any.Next())
        {
            switch (any.Field)
            {
                case 1:
                    (text, kind) = (Text(any.Bytes(), maxLength), AttributeKind.Text);
                    break;
                case 2:
                    (text, kind) = (any.Bool() ? "true" : "false", AttributeKind.Boolean);
                    break;
                case 3:
                    any.Int64().TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
                    (text, kind) = (texts.Texts.From(digits[..length]), AttributeKind.Integer);
                    break;
                case 4:
                    any.Double().TryFormat(digits, out length, default, CultureInfo.InvariantCulture);
                    (text, kind) = (texts.Texts.From(digits[..length]), AttributeKind.Number);
                    break;
                case 5 or 6:
                    (text, kind) = Nested(any.Field, any.Message(), maxLength);
                    break;
                case 7:
                    (text, kind) = Cut(Convert.ToBase64String(any.Bytes()), AttributeKind.Bytes, maxLength);
                    break;
                default:
                    break;
            }
        }

        return (text, kind);
    }

    private (string Text, AttributeKind Kind) Nested(int field, ProtoReader value, int maxLength)
    {
        using var json = new NestedJson(MaxDepth);
        json.Write(field, value);
        return Cut(json.ToString(), AttributeKind.Json, maxLength);
    }

    // Half of a JSON text, or of base 64, is text.
    private (string Text, AttributeKind Kind) Cut(string text, AttributeKind kind, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return (texts.Texts.From(text), kind);
        }

        ValuesCut++;
        var length = maxLength - (char.IsHighSurrogate(text[maxLength - 1]) ? 1 : 0);
        return (string.Create(
            CultureInfo.InvariantCulture, $"{text.AsSpan(0, length)}… [cut: {text.Length:N0} characters in all]"),
            AttributeKind.Text);
    }
}
