using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Secrets;
using Microsoft.Extensions.Options;

namespace AiStack.Ingest.Sources;

/// <summary>Keeps what sources are reached with, sealed.</summary>
internal sealed class SourceSecrets(IOptions<IdentityOptions> identity)
{
    private readonly SecretBox _box = new(identity, "aistack.ingest.source-secrets.v1");

    /// <summary>Null where there is nothing to keep.</summary>
    public byte[]? Seal(IReadOnlyDictionary<string, string>? secrets, Id<Source> source) =>
        secrets is { Count: > 0 } ? _box.Seal(secrets, source.Value) : null;

    /// <summary>What was sealed; null when it cannot be opened.</summary>
    public IReadOnlyDictionary<string, string>? Open(byte[]? box, Id<Source> source) =>
        box is null ? new Dictionary<string, string>() : _box.Open(box, source.Value);
}
