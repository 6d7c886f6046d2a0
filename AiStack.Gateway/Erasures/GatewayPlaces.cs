using AiStack.ServiceDefaults.Erasures;

namespace AiStack.Gateway.Erasures;

/// <summary>Where the Gateway keeps what was answered, and names.</summary>
internal static class GatewayPlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        // Bytes that are no UTF-8 are no words; a request like it is the first one again.
        ErasurePlace.OfWords("gateway.idempotent_request",
            scope =>
                $"""
                select key_id || '/' || name,
                       concat_ws(' ', name, convert_from(
                           case when gateway.is_utf8(body) then body end, 'UTF8')),
                       false, null
                from gateway.idempotent_request
                """,
            (_, keys) => $"delete from gateway.idempotent_request where key_id || '/' || name = any({keys})")
        with
        {
            HasPersonalKey = true,
        },
        ErasurePlace.OfNames("gateway.api_key", scope =>
            $"""
            select 'key_' || replace(id::text, '-', ''), name, false, null
            from gateway.api_key
            """),
    ];
}
