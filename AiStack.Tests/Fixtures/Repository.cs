namespace AiStack.Tests.Fixtures;

internal static class Repository
{
    /// <summary>The folder that holds AiStack.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "AiStack.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
