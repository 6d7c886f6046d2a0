using System.Text.RegularExpressions;

namespace AiStack.AppHost.Local;

/// <summary>The host's one output: its own lines and those of every child, each with the name of who said it.</summary>
internal sealed partial class Terminal(TextWriter output, bool useColours)
{
    private const int NameWidth = 17;
    private const string Reset = "\e[0m";
    private static readonly string[] _palette =
        ["\e[36m", "\e[32m", "\e[33m", "\e[35m", "\e[34m", "\e[96m", "\e[92m", "\e[93m", "\e[95m", "\e[94m"];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _colours = new(StringComparer.Ordinal);

    /// <summary>A line of the host itself.</summary>
    public void Say(string line) => Write("aistack", line);

    /// <summary>A line that a person must see.</summary>
    public void Warn(string line) => Write("aistack", useColours ? $"\e[1;31m{line}{Reset}" : line);

    /// <summary>A line as it is, without a name before it.</summary>
    public void Print(string line)
    {
        lock (_lock)
        {
            output.WriteLine(line);
        }
    }

    /// <summary>A line that a child wrote.</summary>
    public void Forward(string name, string line) =>
        Write(name, useColours ? line : EscapeSequence().Replace(line, ""));

    private void Write(string name, string line)
    {
        lock (_lock)
        {
            output.WriteLine(
                useColours ? $"{ColourOf(name)}{name,-NameWidth}{Reset} {line}" : $"{name,-NameWidth} {line}");
        }
    }

    private string ColourOf(string name)
    {
        if (!_colours.TryGetValue(name, out var colour))
        {
            _colours[name] = colour = _palette[_colours.Count % _palette.Length];
        }

        return colour;
    }

    [GeneratedRegex(@"\e\[[0-?]*[ -/]*[@-~]")]
    private static partial Regex EscapeSequence();
}
