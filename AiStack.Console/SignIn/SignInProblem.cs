namespace AiStack.Console.SignIn;

/// <summary>Why a person whom the provider sent back is not signed in.</summary>
public enum SignInProblem
{
    /// <summary>They, or the provider, broke it off.</summary>
    Failed,

    /// <summary>They have no role here.</summary>
    NoRole,

    /// <summary>The provider does not answer.</summary>
    Unreachable,
}
