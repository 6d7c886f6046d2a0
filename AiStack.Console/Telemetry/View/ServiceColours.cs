namespace AiStack.Console.Telemetry.View;

/// <summary>Gives each service a colour, the same on every page for as long as the Console runs.</summary>
internal sealed class ServiceColours
{
    /// <summary>The series colours that theme.css has.</summary>
    public const int Count = 8;

    /// <summary>More services than anybody tells apart by colour: names beyond it are not remembered.</summary>
    private const int MaxServices = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _colours = new(StringComparer.Ordinal);

    /// <summary>
    /// 1 to <see cref="Count"/>. Different for the first services that are seen, and then again from the first.
    /// </summary>
    public int Of(string service)
    {
        lock (_lock)
        {
            if (_colours.TryGetValue(service, out var colour))
            {
                return colour;
            }

            colour = (_colours.Count % Count) + 1;
            if (_colours.Count < MaxServices)
            {
                _colours.Add(service, colour);
            }

            return colour;
        }
    }

    /// <summary>The colour as the value of a style attribute.</summary>
    public string StyleOf(string service) => $"--service: var(--series-{Of(service)})";
}
