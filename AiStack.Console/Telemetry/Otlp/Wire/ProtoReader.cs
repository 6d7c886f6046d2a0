using System.Buffers.Binary;

namespace AiStack.Console.Telemetry.Otlp.Wire;

/// <summary>How a field is written (https://protobuf.dev/programming-guides/encoding/).</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>
/// Reads the fields of a protobuf message where they are, copying nothing. Anything that is not a message is an
/// <see cref="OtlpFormatException"/>; a field that is not asked for is skipped.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;
    private WireType _type;
    private bool _isRead = true;

    /// <summary>The number of the field that was found.</summary>
    public int Field { get; private set; }

    /// <summary>Finds the next field; <c>false</c> at the end.</summary>
    public bool Next()
    {
        if (!_isRead)
        {
            Skip();
        }

        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = ReadVarint();
        _type = (WireType)(tag & 7);
        Field = tag >> 3 is > 0 and <= 0x1FFF_FFFF and var number
            ? (int)number
            : throw new OtlpFormatException("A field has a number that fields cannot have.");
        _isRead = false;
        return true;
    }

    public ulong Varint()
    {
        Expect(WireType.Varint);
        return ReadVarint();
    }

    public int Int32() => unchecked((int)Varint());

    public long Int64() => unchecked((long)Varint());

    public bool Bool() => Varint() != 0;

    /// <summary>A signed number that is written zigzag.</summary>
    public int SInt32()
    {
        var value = (uint)Varint();
        return (int)(value >> 1) ^ -(int)(value & 1);
    }

    public ulong Fixed64()
    {
        Expect(WireType.Fixed64);
        return BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
    }

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    /// <summary>Text, bytes, a message or packed numbers.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(WireType.Bytes);
        return Take(ReadVarint());
    }

    public ProtoReader Message() => new(Bytes());

    /// <summary>Adds one number, or all of a packed field.</summary>
    public void Fixed64s(List<ulong> values, int limit)
    {
        if (_type == WireType.Fixed64)
        {
            AddWithin(values, Fixed64(), limit);
            return;
        }

        var packed = Bytes();
        if (packed.Length % 8 != 0)
        {
            throw new OtlpFormatException($"Field {Field} is not a list of 64-bit numbers.");
        }

        for (; !packed.IsEmpty; packed = packed[8..])
        {
            AddWithin(values, BinaryPrimitives.ReadUInt64LittleEndian(packed), limit);
        }
    }

    /// <summary>Adds one number, or all of a packed field.</summary>
    public void Varints(List<ulong> values, int limit)
    {
        if (_type == WireType.Varint)
        {
            AddWithin(values, Varint(), limit);
            return;
        }

        var packed = new ProtoReader(Bytes());
        while (!packed._rest.IsEmpty)
        {
            AddWithin(values, packed.ReadVarint(), limit);
        }
    }

    private static void AddWithin(List<ulong> values, ulong value, int limit)
    {
        if (values.Count >= limit)
        {
            throw new OtlpFormatException($"A histogram has more than {limit} buckets.");
        }

        values.Add(value);
    }

    private void Skip()
    {
        _isRead = true;
        switch (_type)
        {
            case WireType.Varint: ReadVarint(); break;
            case WireType.Fixed64: Take(8); break;
            case WireType.Bytes: Take(ReadVarint()); break;
            case WireType.Fixed32: Take(4); break;
            default: throw new OtlpFormatException($"Field {Field} is of a type that is not in use.");
        }
    }

    private void Expect(WireType type)
    {
        _isRead = true;
        if (_type != type)
        {
            throw new OtlpFormatException($"Field {Field} is of type {_type}, not {type}.");
        }
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw new OtlpFormatException($"Field {Field} is longer than its message.");
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong ReadVarint()
    {
        var value = 0ul;
        for (var (i, shift) = (0, 0); i < _rest.Length && shift < 70; (i, shift) = (i + 1, shift + 7))
        {
            value |= (ulong)(_rest[i] & 0x7F) << shift;
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw new OtlpFormatException("A number has no end.");
    }
}
