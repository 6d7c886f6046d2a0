using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;
using Microsoft.Extensions.Options;

namespace AiStack.Console.Telemetry.Otlp;

/// <summary>Where the Console receives telemetry: on ports of its own, on this machine alone.</summary>
internal sealed class OtlpOptions : ISectionOptions
{
    public static string Section => "Console:Otlp";

    /// <summary>The port of OTLP/gRPC, HTTP/2 without TLS. The default is none: nothing is received.</summary>
    [Range(1, 65_535)]
    public int? GrpcPort { get; set; }

    /// <summary>The port of OTLP/HTTP, protobuf and JSON. The default is none.</summary>
    [Range(1, 65_535)]
    public int? HttpPort { get; set; }

    /// <summary>
    /// What senders must have in the header <c>x-otlp-api-key</c>. In development there may be none, since only this
    /// machine reaches the ports; elsewhere a receiver without a key does not start.
    /// </summary>
    [MinLength(16)]
    public string? Key { get; set; }

    /// <summary>
    /// The longest message, once it is decompressed. The default is what collectors send at most, with room.
    /// </summary>
    [Range(65_536, 256 << 20)]
    public int MaxMessageBytes { get; set; } = 16 << 20;

    /// <summary>
    /// Messages that are read at the same time; each needs its length in memory. The default keeps a core or two
    /// busy.
    /// </summary>
    [Range(1, 256)]
    public int MaxConcurrentMessages { get; set; } = 8;

    /// <summary>
    /// Messages that wait for that; further ones are told to come again. The default is a burst of all services.
    /// </summary>
    [Range(0, 10_000)]
    public int MaxWaitingMessages { get; set; } = 64;

    /// <summary>
    /// The longest file that can be imported. The default holds what the Console exports at its default limits.
    /// </summary>
    [Range(65_536, 1 << 30)]
    public int MaxImportBytes { get; set; } = 256 << 20;
}

/// <summary>Refuses ports that could not both be opened, and a receiver that anyone could write to.</summary>
internal sealed class OtlpOptionsValidator(IHostEnvironment environment) : IValidateOptions<OtlpOptions>
{
    public ValidateOptionsResult Validate(string? name, OtlpOptions options)
    {
        if (options.GrpcPort is { } port && port == options.HttpPort)
        {
            return ValidateOptionsResult.Fail(
                $"{OtlpOptions.Section}:GrpcPort and HttpPort are both {port}: each needs a port of its own.");
        }

        var receives = options.GrpcPort is not null || options.HttpPort is not null;
        return receives && options.Key is null && !environment.IsDevelopment()
            ? ValidateOptionsResult.Fail(
                $"{OtlpOptions.Section}:Key is not set: without it any program of this machine could write telemetry.")
            : ValidateOptionsResult.Success;
    }
}
