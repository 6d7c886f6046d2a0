namespace AiStack.Console.Resources;

/// <summary>Something that a person wants done with a part of the stack.</summary>
public sealed record ResourceCommand(Resource Resource, string Command)
{
    public const string Start = "start";
    public const string Stop = "stop";
    public const string Restart = "restart";

    /// <summary>The name of the Console itself, which serves the page that the command is given on.</summary>
    private const string Console = "console";

    /// <summary>What it will mean for the rest of the stack, for the person who is about to confirm it.</summary>
    internal string Consequence(Dependencies dependencies)
    {
        if (Resource.Name == Console)
        {
            return Command == Stop
                ? "It serves this page, which will be gone until the host is told from elsewhere to start it again."
                : "It serves this page, which comes back by itself. What you have typed and not sent may be lost.";
        }

        var users = dependencies.UsersOf(Resource.Name).Select(user => user.Name).ToList();
        var meanwhile = Command == Stop ? "until it is started again" : "until it is back";
        return users switch
        {
            [] => $"Nothing else depends on it. It is away {meanwhile}.",
            [var one] => $"{one} depends on it, and cannot do all of its work {meanwhile}.",
            [.. var some, var last] =>
                $"{string.Join(", ", some)} and {last} depend on it, and cannot do all of their work {meanwhile}.",
        };
    }
}
