using AiStack.Console.Telemetry.Otlp.Wire;

namespace AiStack.Console.Telemetry.Otlp.Decoding;

/// <summary>What all three signals are wrapped in: who reported, and which of its libraries.</summary>
internal static class Envelope
{
    /// <summary>Reads an item of a scope.</summary>
    public delegate void ReadItem(ProtoReader item, TelemetryResource resource, TelemetryScope scope);

    /// <summary>
    /// Reads all items of a message. Its field <paramref name="field"/> is repeated and holds a resource (1) and
    /// scopes (2), each of them a scope (1) and items (2).
    /// </summary>
    public static void Read(OtlpReading reading, ReadOnlySpan<byte> message, int field, ReadItem read)
    {
        var request = new ProtoReader(message);
        while (request.Next())
        {
            if (request.Field == field)
            {
                ReadResource(reading, request.Bytes(), read);
            }
        }
    }

    private static void ReadResource(OtlpReading reading, ReadOnlySpan<byte> bytes, ReadItem read)
    {
        // Who reported may stand behind what was reported, and has to be known first.
        var resource = Resource(reading, First(bytes));
        var scopes = new ProtoReader(bytes);
        while (scopes.Next())
        {
            if (scopes.Field == 2)
            {
                ReadScope(reading, scopes.Bytes(), resource, read);
            }
        }
    }

    private static void ReadScope(
        OtlpReading reading, ReadOnlySpan<byte> bytes, TelemetryResource resource, ReadItem read)
    {
        var scope = Scope(reading, First(bytes));
        var items = new ProtoReader(bytes);
        while (items.Next())
        {
            if (items.Field == 2)
            {
                read(items.Message(), resource, scope);
            }
        }
    }

    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                return reader.Bytes();
            }
        }

        return default;
    }

    private static TelemetryResource Resource(OtlpReading reading, ReadOnlySpan<byte> bytes)
    {
        var begin = reading.BeginAttributes();
        var resource = new ProtoReader(bytes);
        while (resource.Next())
        {
            if (resource.Field == 1)
            {
                reading.ReadAttribute(resource.Message(), begin);
            }
        }

        var attributes = reading.TakeAttributes(begin);
        return reading.Share(new TelemetryResource(
            attributes["service.name"] is { Length: > 0 } service ? service : TelemetryResource.UnknownService,
            attributes["service.instance.id"],
            attributes) { IsImported = reading.IsImported });
    }

    private static TelemetryScope Scope(OtlpReading reading, ReadOnlySpan<byte> bytes)
    {
        var (name, version) = ("", default(string));
        var begin = reading.BeginAttributes();
        var scope = new ProtoReader(bytes);
        while (scope.Next())
        {
            switch (scope.Field)
            {
                case 1: name = reading.Name(scope.Bytes()); break;
                case 2: version = reading.Name(scope.Bytes()); break;
                case 3: reading.ReadAttribute(scope.Message(), begin); break;
                default: break;
            }
        }

        return reading.Share(new TelemetryScope(
            name, version is { Length: > 0 } ? version : null, reading.TakeAttributes(begin)));
    }
}
