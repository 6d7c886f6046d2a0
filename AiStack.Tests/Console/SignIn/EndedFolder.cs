using AiStack.Console;
using AiStack.Console.SignIn;
using Microsoft.Extensions.Options;

namespace AiStack.Tests.Console.SignIn;

/// <summary>A folder of what was ended, and sign-ins as each replica or start of a Console has them.</summary>
internal sealed class EndedFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-ended-");

    public EndedForGood Open(TimeProvider time) => new(_folder.FullName, time);

    public SignIns SignIns(TimeProvider time) => new(Open(time), Options.Create(new ConsoleOptions()), time);

    public int Count => _folder.GetFiles().Length;

    public void Dispose() => _folder.Delete(recursive: true);
}
