using System.Text;
using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Tests.Console.Telemetry.Otlp;

/// <summary>OTLP messages in protobuf, as they come over the wire.</summary>
internal static class Messages
{
    public const ulong Noon = 1_795_521_600_000_000_000;

    public static byte[] OfSpans(params ProtoWriter[] spans) => Envelope(spans);

    public static byte[] Envelope(params ProtoWriter[] items)
    {
        var scope = new ProtoWriter().Message(1, new ProtoWriter().Text(1, "tests"));
        foreach (var item in items)
        {
            scope.Message(2, item);
        }

        return new ProtoWriter().Message(1, new ProtoWriter()
            .Message(1, new ProtoWriter().Message(1, Pair("service.name", "sender")))
            .Message(2, scope)).ToArray();
    }

    public static ProtoWriter Span(int trace, int id, string name = "work")
    {
        return new ProtoWriter()
            .Bytes(1, Convert.FromHexString(Spans.TraceId(trace)))
            .Bytes(2, Convert.FromHexString(Spans.SpanId(id)))
            .Text(5, name)
            .Fixed64(7, Noon)
            .Fixed64(8, Noon + 1_000_000);
    }

    public static ProtoWriter Log(string body) =>
        new ProtoWriter().Fixed64(1, Noon).Message(5, new ProtoWriter().Text(1, body));

    /// <summary>A cumulative counter with one point for each value of a dimension.</summary>
    public static ProtoWriter Counter(params string[] users)
    {
        var sum = new ProtoWriter().Varint(2, 2).Varint(3, 1);
        foreach (var user in users)
        {
            sum.Message(1, new ProtoWriter().Fixed64(3, Noon).Double(4, 1).Message(7, Pair("user", user)));
        }

        return new ProtoWriter().Text(1, "requests").Message(7, sum);
    }

    public static ProtoWriter Pair(string key, string value) => Pair(key, new ProtoWriter().Text(1, value));

    public static ProtoWriter Pair(string key, ProtoWriter value) => new ProtoWriter().Text(1, key).Message(2, value);

    public static string Json(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
