using System.Text.Json;

namespace AiStack.AppHost.Local;

/// <summary>run.json in the data folder: how scripts find a stack that is ready. Gone once it stops.</summary>
internal sealed record RunFile(
    string Console,
    string Login,
    string Api,
    string Key,
    string Host,
    double SecondsToReady,
    string Control,
    string ControlToken,
    IReadOnlyDictionary<string, int> Processes)
{
    private const string FileName = "run.json";

    public static void Write(
        RunContext run, ReadyStack ready, ControlEndpoint control, IReadOnlyDictionary<string, int> processes)
    {
        var file = new RunFile(
            ready.Console, ready.Login, ready.Api, ready.Key, "built-in", ready.SecondsToReady,
            control.Address, control.Token, processes);
        PrivateFile.Write(run.Folder.File(FileName), JsonSerializer.Serialize(file, PrivateFile.Json));
    }

    public static void Remove(RunContext run) => File.Delete(run.Folder.File(FileName));
}
