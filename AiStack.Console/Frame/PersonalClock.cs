using Microsoft.JSInterop;

namespace AiStack.Console.Frame;

/// <summary>
/// Times as the person at the browser reads them. Until the browser has said its zone, they are in UTC.
/// </summary>
internal sealed class PersonalClock(TimeProvider time)
{
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;

    /// <summary>Raised when the zone becomes known.</summary>
    public event Action? Changed;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The zone as the browser names it (IANA), UTC until it has.</summary>
    public string ZoneId { get; private set; } = "Etc/UTC";

    /// <summary>The moment in the person's zone.</summary>
    public DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, _zone);

    /// <summary>The person's date.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Local(Now).Date);

    /// <summary>When a day begins for the person. Not all are 24 hours apart: the clocks change.</summary>
    public DateTimeOffset Midnight(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new(midnight, _zone.GetUtcOffset(midnight));
    }

    /// <summary>When the hour of <paramref name="moment"/> began for the person.</summary>
    public DateTimeOffset Hour(DateTimeOffset moment)
    {
        var local = Local(moment);
        return new(local.Date.AddHours(local.Hour), local.Offset);
    }

    /// <summary>Asks the browser for its zone; one that this machine does not know leaves UTC.</summary>
    public async Task LearnZoneAsync(IJSObjectReference frame)
    {
        var name = await frame.InvokeAsync<string>("timeZone");
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && !zone.Equals(_zone))
        {
            (_zone, ZoneId) = (zone, name);
            Changed?.Invoke();
        }
    }
}
