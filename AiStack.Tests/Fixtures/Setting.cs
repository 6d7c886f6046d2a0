namespace AiStack.Tests.Fixtures;

/// <summary>The one place where the environment enters the tests.</summary>
internal static class Setting
{
    public static bool InCI => Read("CI") is "true" or "1";

    public static string? Read(string name) =>
#pragma warning disable RS0030 // Tests have no configuration to read settings from.
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
#pragma warning restore RS0030
}
