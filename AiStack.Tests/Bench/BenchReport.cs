using System.Globalization;
using AiStack.Tests.Fixtures;

namespace AiStack.Tests.Bench;

/// <summary>
/// Where a benchmark writes what it saw: a section of docs/benchmarks.md, which eng/bench.sh puts together.
/// </summary>
internal static class BenchReport
{
    public static void Write(string section, FormattableString markdown)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "bench"));
        File.WriteAllText(
            Path.Combine(folder.FullName, $"{section}.md"),
            markdown.ToString(CultureInfo.InvariantCulture).Trim() + "\n");
    }
}

/// <summary>How busy the machine is, with what others run on it.</summary>
internal static class MachineLoad
{
    /// <summary>The runnable threads, mean of the last minute (Linux).</summary>
    public static double LastMinute =>
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}

/// <summary>Times that were measured, and what most and nearly all of them are below.</summary>
internal sealed class Latencies(IEnumerable<TimeSpan> measured)
{
    private readonly TimeSpan[] _sorted = [.. measured.Order()];

    public int Count => _sorted.Length;

    public double P50 => Milliseconds(0.50);

    public double P99 => Milliseconds(0.99);

    /// <summary>The nearest-rank percentile.</summary>
    private double Milliseconds(double share) =>
        _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)].TotalMilliseconds;
}
