using System.Net;
using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Console.Gateway;

/// <summary>Reads what the API says when it refuses: OpenAI's error object, or a problem.</summary>
internal static class GatewayFault
{
    private const int MaxBodyBytes = 64 << 10;

    public static async Task<Fault> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        await response.Content.LoadIntoBufferAsync(MaxBodyBytes, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var message = Message(body) ?? $"The API answered {(int)status} {response.ReasonPhrase}.";
        return new Fault(Code(status), message, RetryAfter: response.Headers.RetryAfter?.Delta);
    }

    /// <summary>The message of an error object, <c>null</c> when there is none.</summary>
    public static string? Message(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (body.TryGetProperty("error", out var error))
        {
            return error.ValueKind == JsonValueKind.Object ? Text(error, "message") : null;
        }

        return Text(body, "detail") ?? Text(body, "title") ?? Text(body, "message");
    }

    private static string? Message(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Message(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static FaultCode Code(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => FaultCode.Unauthenticated,
        HttpStatusCode.Forbidden => FaultCode.Forbidden,
        HttpStatusCode.NotFound => FaultCode.NotFound,
        HttpStatusCode.Conflict => FaultCode.Conflict,
        HttpStatusCode.InsufficientStorage => FaultCode.StorageFull,
        HttpStatusCode.RequestEntityTooLarge => FaultCode.PayloadTooLarge,
        HttpStatusCode.UnsupportedMediaType => FaultCode.UnsupportedMediaType,
        HttpStatusCode.TooManyRequests => FaultCode.QuotaExceeded,
        >= HttpStatusCode.InternalServerError => FaultCode.DependencyUnavailable,
        _ => FaultCode.InvalidArgument,
    };
}
