using AiStack.Contracts;
using Cronos;

namespace AiStack.Ingest.Sources;

/// <summary>When a source is read: a cron expression in a time zone.</summary>
internal static class Schedule
{
    public const string DefaultZone = "UTC";

    /// <summary>What is wrong with them; null when nothing is, or when there is no schedule.</summary>
    public static Fault? Check(string? schedule, string zone, DateTimeOffset now)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            return new(
                FaultCode.InvalidArgument, "'time_zone' must be a name such as 'Europe/Berlin'.", "time_zone");
        }

        if (schedule is null)
        {
            return null;
        }

        if (!CronExpression.TryParse(schedule, out _))
        {
            return new(
                FaultCode.InvalidArgument,
                "'schedule' must be a cron expression of five fields, such as '0 3 * * *' for three o'clock each day.",
                "schedule");
        }

        return Next(schedule, zone, now) is null
            ? new(FaultCode.InvalidArgument, "'schedule' names a time that never comes.", "schedule")
            : null;
    }

    /// <summary>
    /// The first time after <paramref name="now"/>, whatever was missed until then; null where there is none.
    /// </summary>
    public static DateTimeOffset? Next(string? schedule, string zone, DateTimeOffset now) =>
        schedule is not null && CronExpression.TryParse(schedule, out var cron)
            && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? cron.GetNextOccurrence(now, found)?.ToUniversalTime()
            : null;
}
