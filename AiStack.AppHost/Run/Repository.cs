namespace AiStack.AppHost.Run;

/// <summary>The checkout that this host was built from.</summary>
internal static class Repository
{
    public static string Root { get; } =
        Path.GetDirectoryName(Path.GetDirectoryName(new Projects.AiStack_Gateway().ProjectPath))!;
}
