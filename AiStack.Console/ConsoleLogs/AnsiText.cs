using System.Text.RegularExpressions;

namespace AiStack.Console.ConsoleLogs;

/// <summary>Words of one look; <paramref name="Classes"/> are of our own style sheet.</summary>
public sealed record AnsiSpan(string Text, string Classes);

/// <summary>
/// Reads the terminal codes in a line (ECMA-48). Colours and emphasis become classes, so that nothing that a program
/// prints becomes markup or style; all other codes are left out.
/// </summary>
internal static partial class AnsiText
{
    /// <summary>More changes of look than this in one line are a program gone wrong; the rest is shown plain.</summary>
    private const int MaxSpans = 200;

    private const int Reset = 0;
    private const int Bright = 60;
    private static readonly Dictionary<int, string> _emphasis = new()
    {
        [1] = "bold", [2] = "faint", [3] = "italic", [4] = "underline", [9] = "struck",
    };

    public static string Plain(string text) =>
        text.Contains('\e', StringComparison.Ordinal) ? Code().Replace(text, "") : text;

    public static IReadOnlyList<AnsiSpan> Parse(string text)
    {
        List<AnsiSpan> spans = [];
        var look = new Look();
        var start = 0;
        foreach (Match code in Code().Matches(text))
        {
            Add(spans, text[start..code.Index], look);
            start = code.Index + code.Length;
            look = code.Groups["look"] is { Success: true } changes ? look.With(changes.Value) : look;
            if (spans.Count == MaxSpans)
            {
                break;
            }
        }

        Add(spans, Plain(text[start..]), look);
        return spans;
    }

    private static void Add(List<AnsiSpan> spans, string text, Look look)
    {
        if (text.Length > 0)
        {
            spans.Add(new AnsiSpan(text, look.Classes));
        }
    }

    // "look" is the parameters of SGR; then every other control sequence, the operating system commands (window titles,
    // links), which end with BEL or ST, one that the line's end has cut, and escapes of two characters.
    [GeneratedRegex(@"\e\[(?<look>[0-9;:]*)m|\e\[[0-?]*[ -/]*[@-~]|\e\][^\a\e]*(\a|\e\\)|\e\[[0-?]*[ -/]*$|\e.?")]
    private static partial Regex Code();

    /// <summary>How words look: colours by number, 0 to 15, and emphasis.</summary>
    private sealed record Look(int? Ink = null, int? Ground = null, string Emphasis = "")
    {
        public string Classes => $"{Emphasis}{Class("ink", Ink)}{Class("ground", Ground)}".Trim();

        public Look With(string changes)
        {
            var codes = new Queue<int>(
                changes.Split([';', ':']).Select(code => int.TryParse(code, out var number) ? number : Reset));
            var look = this;
            while (codes.TryDequeue(out var code))
            {
                look = look.With(code, codes);
            }

            return look;
        }

        private Look With(int code, Queue<int> rest) => code switch
        {
            Reset => new Look(),
            22 => this with { Emphasis = Without(Without(Emphasis, "bold"), "faint") },
            23 => this with { Emphasis = Without(Emphasis, "italic") },
            24 => this with { Emphasis = Without(Emphasis, "underline") },
            29 => this with { Emphasis = Without(Emphasis, "struck") },
            >= 30 and <= 37 => this with { Ink = code - 30 },
            38 => this with { Ink = Palette(rest) ?? Ink },
            39 => this with { Ink = null },
            >= 40 and <= 47 => this with { Ground = code - 40 },
            48 => this with { Ground = Palette(rest) ?? Ground },
            49 => this with { Ground = null },
            >= 30 + Bright and <= 37 + Bright => this with { Ink = code - 30 - Bright + 8 },
            >= 40 + Bright and <= 47 + Bright => this with { Ground = code - 40 - Bright + 8 },
            _ => _emphasis.TryGetValue(code, out var emphasis)
                ? this with { Emphasis = $"{Without(Emphasis, emphasis)} {emphasis}" }
                : this,
        };

        private static string Class(string name, int? colour) => colour is { } number ? $" {name}-{number}" : "";

        private static string Without(string all, string one) => all.Replace($" {one}", "", StringComparison.Ordinal);

        // 5;n is a colour of the palette, 2;r;g;b any colour. Only the sixteen that the themes have are kept: a colour
        // chosen for a black screen cannot be read on a white one.
        private static int? Palette(Queue<int> rest)
        {
            var kind = rest.TryDequeue(out var first) ? first : Reset;
            var parameters = kind == 5 ? 1 : kind == 2 ? 3 : 0;
            int? colour = null;
            for (var i = 0; i < parameters && rest.TryDequeue(out var value); i++)
            {
                colour = kind == 5 && value is >= 0 and < 16 ? value : null;
            }

            return colour;
        }
    }
}
