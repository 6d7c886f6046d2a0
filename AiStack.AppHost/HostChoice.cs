using System.Reflection;

namespace AiStack.AppHost;

/// <summary>Which host the build took, why, and how to take the other. The build writes it into the assembly.</summary>
internal static class HostChoice
{
    public static string Line { get; } =
        $"Host: {Metadata("Host")}, because {Metadata("HostReason")}. "
        + $"The other one: dotnet run --project AiStack.AppHost -p:UseAspire={Metadata("OtherUseAspire")}";

    private static string Metadata(string key) => typeof(HostChoice).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(metadata => metadata.Key == key).Value ?? "";
}
