namespace AiStack.Console.Telemetry.Traces;

/// <summary>
/// By how much a span is moved because its process's clock and its parent's disagree. The rule, for a child in
/// another process that does not share its parent's clock (<see cref="TelemetryResource.SharesClockWith"/>):
/// <list type="bullet">
/// <item>It starts before its parent, or, where the parent waits for it (client and server), ends after it though it
/// is no longer than it: it is put in the parent's middle, as if the way there and back took equally long.</item>
/// <item>It starts before its parent and is longer: it is put at the parent's start.</item>
/// <item>It starts within its parent and is longer: nothing is wrong, work may outlive who asked for it.</item>
/// </list>
/// A child that shares its parent's clock moves with it. Less than <see cref="Tolerance"/> is no disagreement.
/// </summary>
internal readonly record struct ClockShift(TimeSpan By, ClockDoubt Doubt)
{
    /// <summary>Two reads of one clock can be this far apart, by how processes start their clocks.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    public static ClockShift None { get; }

    public static ClockShift Of(Span child, Span parent, ClockShift parentShift)
    {
        if (child.Resource.SharesClockWith(parent.Resource))
        {
            return new(parentShift.By, ClockDoubt.None);
        }

        var parentStart = parent.Start + parentShift.By;
        var parentEnd = parentStart + parent.Duration;
        var fits = child.Duration <= parent.Duration;
        var doubt = child.Start < parentStart - Tolerance ? ClockDoubt.StartsBeforeParent
            : child.End > parentEnd + Tolerance && fits && parent.Kind == SpanKind.Client ? ClockDoubt.EndsAfterParent
            : ClockDoubt.None;
        if (doubt == ClockDoubt.None)
        {
            return None;
        }

        var place = fits ? parentStart + ((parent.Duration - child.Duration) / 2) : parentStart;
        return new(place - child.Start, doubt);
    }
}
