using AiStack.Contracts;

namespace AiStack.ServiceDefaults.Errors;

/// <summary>Anthropic's error object, so that its clients raise their own typed exceptions.</summary>
public sealed record AnthropicError(AnthropicError.Body Error)
{
    /// <summary>The paths whose errors have this shape.</summary>
    public const string Path = "/v1/messages";

    public string Type { get; } = "error";

    public sealed record Body(string Type, string Message);

    /// <summary>Renders <paramref name="fault"/> in Anthropic's words.</summary>
    public static AnthropicError From(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var field = fault.Parameter is null ? "" : $"{fault.Parameter}: ";
        return new(new Body(Kind(fault.Code), field + fault.Message));
    }

    private static string Kind(FaultCode code) => FaultResults.Status(code) switch
    {
        400 or 405 or 409 or 415 or 422 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        _ => "api_error",
    };
}
