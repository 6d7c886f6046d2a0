using System.Runtime.CompilerServices;

namespace AiStack.AppHost;

/// <summary>What only a build with Aspire has.</summary>
internal static class AspireHost
{
    // Aspire prints its own lines at the start; this one goes before them.
    [ModuleInitializer]
    internal static void SayWhichHost() => Console.WriteLine(HostChoice.Line);
}
