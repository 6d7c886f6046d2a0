using AiStack.Console.Frame;
using AiStack.Console.Usage;

namespace AiStack.Console.Overview;

/// <summary>Which numbers are shown, from the address.</summary>
/// <param name="By">What they are counted by: the API's name of it; nothing for time.</param>
internal sealed record OverviewChoice(UsageRange Range, string? By)
{
    private static readonly (string Name, string Title, string? By)[] _groups =
    [
        ("model", "Model", UsageBy.Model),
        ("key", "Key", UsageBy.Key),
        ("store", "Store", UsageBy.Store),
        ("time", "Time", null),
    ];

    /// <summary>The choice of an address; what it does not say, or says wrongly, is the day, by model.</summary>
    public static OverviewChoice Of(string? range, string? by)
    {
        var known = _groups.FirstOrDefault(group => group.Name == by);
        return new(UsageRange.Of(range), known.Name is null ? UsageBy.Model : known.By);
    }

    /// <summary>What a row of the table is.</summary>
    public string Title => _groups.First(group => group.By == By).Title;

    public IEnumerable<ChoiceLink> Ranges => UsageRange.All.Select(range =>
        new ChoiceLink(range.Title, (this with { Range = range }).Address, range == Range));

    public IEnumerable<ChoiceLink> Groups => _groups.Select(group =>
        new ChoiceLink(group.Title, (this with { By = group.By }).Address, group.By == By));

    private string Address => $"?range={Range.Name}&by={_groups.First(group => group.By == By).Name}";
}
