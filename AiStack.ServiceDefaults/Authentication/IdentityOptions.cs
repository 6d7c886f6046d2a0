using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.ServiceDefaults.Authentication;

/// <summary>How services know who calls: the Gateway signs a short-lived token, and every service checks it.</summary>
public sealed class IdentityOptions : ISectionOptions
{
    public static string Section => "Identity";

    /// <summary>
    /// The secret shared by all services: base64, at least 32 bytes (HMAC-SHA256's key length). AppHost makes one.
    /// </summary>
    [Required(ErrorMessage = "Identity:SigningKey is missing: 32 random bytes in base64, the same for every service.")]
    public string SigningKey { get; set; } = "";

    /// <summary>
    /// How long a caller's token is good. Long enough to be cached, short enough that a revoked key soon is.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:15:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(2);
}
