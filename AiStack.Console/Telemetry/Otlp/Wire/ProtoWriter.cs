using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AiStack.Console.Telemetry.Otlp.Wire;

/// <summary>Writes a protobuf message.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public ProtoWriter Varint(int field, ulong value)
    {
        Tag(field, WireType.Varint);
        Number(value);
        return this;
    }

    /// <summary>A signed number, zigzag.</summary>
    public ProtoWriter SInt32(int field, int value) => Varint(field, (uint)((value << 1) ^ (value >> 31)));

    public ProtoWriter Fixed64(int field, ulong value)
    {
        Tag(field, WireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    public ProtoWriter Fixed32(int field, uint value)
    {
        Tag(field, WireType.Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public ProtoWriter Double(int field, double value) => Fixed64(field, BitConverter.DoubleToUInt64Bits(value));

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.Written);

    public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, WireType.Bytes);
        Number((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Tag(int field, WireType type) => Number(((ulong)field << 3) | (uint)type);

    private void Number(ulong value)
    {
        var span = _bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
