using System.Text.Json;
using AiStack.AppHost.Run;

namespace AiStack.AppHost.Ready;

/// <summary>
/// run.json in the data folder, which only its owner can read: how scripts find a stack that is ready. Gone once it
/// stops.
/// </summary>
internal sealed record RunFile(
    string Console,
    string Login,
    string Api,
    string Key,
    string? Dashboard,
    double SecondsToReady,
    IReadOnlyDictionary<string, int> Processes)
{
    private const string FileName = "run.json";

    public void Write(DataFolder folder) =>
        PrivateFile.Write(folder.File(FileName), JsonSerializer.Serialize(this, PrivateFile.Json));

    public static void Remove(DataFolder folder) => File.Delete(folder.File(FileName));
}
