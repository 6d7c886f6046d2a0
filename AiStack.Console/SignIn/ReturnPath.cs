namespace AiStack.Console.SignIn;

/// <summary>Where a person goes once they are signed in.</summary>
internal static class ReturnPath
{
    private const string Start = "/";
    private const int MaxLength = 2_000;

    /// <summary>The path, if it is one of ours: a link must not sign a person in and lead them away.</summary>
    public static string Safe(string? path) =>
        path is ['/', ..] && path is not ['/', '/' or '\\', ..]
            && path.Length <= MaxLength
            && !path.Any(char.IsControl)
            && !path.StartsWith(SignInEndpoints.LoginPath, StringComparison.OrdinalIgnoreCase)
            ? path
            : Start;
}
