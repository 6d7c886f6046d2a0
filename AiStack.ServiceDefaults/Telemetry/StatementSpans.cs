using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Telemetry;

/// <summary>
/// The spans of statements: <c>select retrieval.vector_store</c> (OpenTelemetry's <c>{db.operation.name} {target}</c>),
/// and only as a part of something. A statement that belongs to no request and no piece of work is housekeeping, such
/// as a look at an empty queue: traces of one span, thousands an hour, would bury the others.
/// </summary>
internal static partial class StatementSpans
{
    /// <summary>
    /// Statements are written in the code, so there are some hundred; what is beyond is not worth remembering.
    /// </summary>
    private const int MaxNames = 2_000;

    /// <summary>The source of the spans that are not the driver's.</summary>
    public const string SourceName = "AiStack.Database";

    private static readonly ActivitySource _source = new(SourceName);

    private static readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    public static void Configure(NpgsqlDataSourceBuilder database) => database.ConfigureTracing(tracing => tracing
        .EnablePhysicalOpenTracing(false) // "CONNECT aistack": the pool's housekeeping.
        .ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })
        .ConfigureBatchFilter(_ => Activity.Current is { Recorded: true })
        .ConfigureCommandSpanNameProvider(command => NameOf(command.CommandText))
        // What comes before the last says whose rows it is about.
        .ConfigureBatchSpanNameProvider(batch => NameOf(batch.BatchCommands[^1].CommandText)));

    /// <summary>
    /// The span of a statement that shares its way with those of others, where there is something that it is a part
    /// of: the driver's own span would be one for all.
    /// </summary>
    public static Activity? Start(Sql sql) => Activity.Current is { Recorded: true }
        ? _source.StartActivity(
            NameOf(sql.Text),
            ActivityKind.Client,
            default(ActivityContext),
            [new("db.system.name", "postgresql"), new("db.query.text", sql.Text)])
        : null;

    /// <summary>
    /// What the statement does first to change something, or else to read; its first word where no table is named.
    /// </summary>
    public static string NameOf(string statement)
    {
        if (_names.TryGetValue(statement, out var known))
        {
            return known;
        }

        var found = Change().Match(statement) is { Success: true } change ? change : Reading().Match(statement);
        var name = found.Success
            ? $"{found.Groups["verb"].Value.ToLowerInvariant()} {found.Groups["target"].Value}"
            : FirstWord().Match(statement).Value.ToLowerInvariant();
        if (_names.Count < MaxNames)
        {
            _names[statement] = name;
        }

        return name;
    }

    [GeneratedRegex(
        @"\b(?:(?<verb>insert)\s+into|(?<verb>update)(?!\s+(?:set|skip|nowait|of)\b)|(?<verb>delete)\s+from)"
        + @"\s+(?<target>[\w.]+)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Change();

    [GeneratedRegex(
        @"\b(?<verb>select)\b.*?\bfrom\s+(?<target>[\w.]+)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Reading();

    [GeneratedRegex(@"\w+")]
    private static partial Regex FirstWord();
}
