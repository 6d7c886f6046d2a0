using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Console.Resources;

/// <summary>Where the host answers about the parts that it runs. The built-in host sets it; others do not.</summary>
internal sealed class HostOptions : ISectionOptions
{
    public static string Section => "Console:Host";

    /// <summary>The host's control endpoint. Without it there are no pages about resources and their output.</summary>
    [Url]
    public string? Url { get; set; }

    /// <summary>What the host knows the Console by.</summary>
    public string? Token { get; set; }
}
