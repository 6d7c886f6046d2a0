using System.Runtime.InteropServices;
using AiStack.AppHost.Machine;

namespace AiStack.AppHost.Stores.Redis;

/// <summary>
/// The server of this machine, redis-server or valkey-server, or else Garnet, from a package that is fetched before
/// the start: Microsoft's server that speaks the same protocol.
/// </summary>
internal sealed record RedisProgram(string Path, NuGetPackage? Package)
{
    private const string GarnetVersion = "2.2.8";
    private const string GarnetSize = "116 MB, of which 25 MB are kept";
    private const string MemoryLimit = "128m";

    public static RedisProgram Find(PackageFolder packages)
    {
        if ((packages.Programs.Find("redis-server") ?? packages.Programs.Find("valkey-server")) is { } installed)
        {
            return new(installed, null);
        }

        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var platform = $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        var package = new NuGetPackage(
            "Redis", "garnet-server", GarnetVersion, $"tools/net10.0/any/{platform}", GarnetSize);
        var program = OperatingSystem.IsWindows() ? "GarnetServer.exe" : "GarnetServer";
        return new(System.IO.Path.Combine(packages.PathOf(package), program), package);
    }

    /// <summary>What else is in its configuration file, besides the address and the password.</summary>
    public string Settings => Package is null
        ? $"maxmemory {MemoryLimit}b\nmaxmemory-policy allkeys-lru\nsave \"\"\n"
        : "";

    /// <summary>The arguments that make it read the file.</summary>
    public string[] Arguments(string file) => Package is null
        ? [file]
        // Lua scripts are atomic across connections only with the transaction mode.
        : ["--config-import-path", file, "--config-import-format", "RedisConf", "--auth", "Password",
            "--lua", "--lua-transaction-mode", "-m", MemoryLimit, "-i", "4m", "-p", "4m", "--no-obj", "-q"];
}
