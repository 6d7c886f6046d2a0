using System.Globalization;

namespace AiStack.AppHost.Local;

/// <summary>What a person or a script needs to use a stack that is ready.</summary>
internal sealed record ReadyStack(string Console, string Login, string Api, string Key, double SecondsToReady)
{
    public static ReadyStack Describe(RunContext run, IReadOnlyList<Resource> resources, TimeSpan sinceStart)
    {
        var gateway = resources.OfType<ProjectResource>().Single(project => project.Name == "gateway");
        var console = resources.OfType<ProjectResource>().Single(project => project.Name == "console");
        var consoleAddress = console.Address(run);
        return new ReadyStack(
            consoleAddress,
            $"{consoleAddress}/login?t={console.Environment["Console__LoginToken"](run)}",
            gateway.Address(run),
            gateway.Environment["Gateway__DevelopmentKey"](run),
            Math.Round(sinceStart.TotalSeconds, 1));
    }

    public void Print(Terminal terminal)
    {
        terminal.Print("");
        terminal.Print($"  Ready in {SecondsToReady.ToString(CultureInfo.InvariantCulture)} s.");
        terminal.Print("");
        terminal.Print($"  Console   {Login}");
        terminal.Print($"  API       {Api}/v1");
        terminal.Print("");
        terminal.Print($"  export OPENAI_BASE_URL={Api}/v1 OPENAI_API_KEY={Key}");
        terminal.Print("");
        terminal.Print($"  {HostChoice.Line}");
        terminal.Print("  Ctrl-C stops it.");
        terminal.Print("");
    }
}
