namespace AiStack.Serving.Guards;

/// <summary>What is done with what a guard finds; what comes later is stronger.</summary>
internal enum GuardAction
{
    Off,

    /// <summary>It is counted, and said on the answer.</summary>
    Flag,

    /// <summary>Its kind stands in its place.</summary>
    Mask,

    /// <summary>The request is refused, or the answer ended.</summary>
    Block,
}

/// <summary>Where a guard looks.</summary>
internal enum GuardPlace
{
    Input,
    Passages,
    Output,
}

/// <summary>The guards by the names that policies and records have for them.</summary>
internal static class GuardNames
{
    public const string Pii = "pii";
    public const string Secrets = "secrets";
    public const string Injection = "injection";
    public const string Topics = "topics";
    public const string Size = "size";

    public static IReadOnlyList<string> All { get; } = [Pii, Secrets, Injection, Topics, Size];
}

/// <summary>The words for them.</summary>
internal static class GuardActions
{
    public const string Off = "off";
    public const string Flag = "flag";
    public const string Mask = "mask";
    public const string Block = "block";

    public static GuardAction? Read(string? word) => word switch
    {
        Off => GuardAction.Off,
        Flag => GuardAction.Flag,
        Mask => GuardAction.Mask,
        Block => GuardAction.Block,
        _ => null,
    };

    public static string Word(this GuardAction action) => action switch
    {
        GuardAction.Flag => Flag,
        GuardAction.Mask => Mask,
        GuardAction.Block => Block,
        _ => Off,
    };

    public static string Word(this GuardPlace place) => place switch
    {
        GuardPlace.Input => "input",
        GuardPlace.Passages => "passages",
        _ => "output",
    };
}
