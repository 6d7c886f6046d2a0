using System.Globalization;

namespace AiStack.ServiceDefaults;

/// <summary>How much memory a model may take.</summary>
public static class FreeMemory
{
    private const string MemoryInfo = "/proc/meminfo";

    /// <summary>The bytes that this process may have, and that nobody else uses as far as the system says so.</summary>
    public static long Bytes()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // The machine's, or the container's.
        var allowed = limit > 0 ? limit : long.MaxValue;
        return File.Exists(MemoryInfo) ? Math.Min(allowed, Available(File.ReadLines(MemoryInfo)) ?? allowed) : allowed;
    }

    private static long? Available(IEnumerable<string> lines)
    {
        const string name = "MemAvailable:";
        var line = lines.FirstOrDefault(each => each.StartsWith(name, StringComparison.Ordinal));
        var number = line?[name.Length..].Replace("kB", "", StringComparison.Ordinal);
        return long.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes * 1_024
            : null;
    }
}
