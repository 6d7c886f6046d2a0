using AiStack.ServiceDefaults.Options;

namespace AiStack.Ingest.Connectors;

/// <summary>How far sources may reach.</summary>
internal sealed class ReachOptions : ISectionOptions
{
    public static string Section => "Ingest:Sources";

    /// <summary>
    /// Whether a source may be at an address that is not of the public internet, and be spoken to without encryption.
    /// Off, because whoever may make a source could read with it what only this machine and its network may. For
    /// development, tests, and an installation whose admins may read all of its network.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }
}
