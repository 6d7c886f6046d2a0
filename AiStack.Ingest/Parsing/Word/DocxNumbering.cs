using System.Text;
using AiStack.Ingest.Parsing.Notation;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace AiStack.Ingest.Parsing.Word;

/// <summary>
/// Counts what Word numbers by itself: the numbers stand nowhere in the file, and people cite them.
/// </summary>
internal sealed class DocxNumbering
{
    private const int MaxLevels = 9;
    private const string Decimal = "decimal";

    private readonly DocxStyles _styles;
    private readonly Dictionary<int, NumberingInstance> _instances = [];
    private readonly Dictionary<int, AbstractNum> _lists = [];

    /// <summary>How far each list has counted; null where it has not begun.</summary>
    private readonly Dictionary<int, int?[]> _counts = [];
    private readonly HashSet<(int Id, int Level)> _restarted = [];

    public DocxNumbering(MainDocumentPart part, DocxStyles styles)
    {
        _styles = styles;
        var numbering = part.NumberingDefinitionsPart?.Numbering;
        foreach (var instance in numbering?.Elements<NumberingInstance>() ?? [])
        {
            _instances.TryAdd(instance.NumberID?.Value ?? 0, instance);
        }

        foreach (var list in numbering?.Elements<AbstractNum>() ?? [])
        {
            _lists.TryAdd(list.AbstractNumberId?.Value ?? 0, list);
        }
    }

    /// <summary>The next number of a paragraph's list; null for a paragraph that is in none.</summary>
    public DocxNumber? Next(ParagraphProperties? properties)
    {
        var own = properties?.NumberingProperties;
        var style = properties?.ParagraphStyleId?.Val?.Value;
        var byStyle = _styles.Numbering(style);
        if ((own?.NumberingId?.Val?.Value ?? byStyle?.Id) is not ({ } id and not 0))
        {
            return null;
        }

        var list = ListOf(id, out var key);
        var level = own?.NumberingLevelReference?.Val?.Value ?? LevelOfStyle(list, style) ?? byStyle?.Level ?? 0;
        level = Math.Clamp(level, 0, MaxLevels - 1);
        return list is null || Level(id, list, level) is not { } definition
            ? new(level, "-")
            : new(level, Count(id, key, list, level, definition));
    }

    private string Count(int id, int key, AbstractNum list, int level, Level definition)
    {
        if (!_counts.TryGetValue(key, out var counts))
        {
            _counts[key] = counts = new int?[MaxLevels];
        }

        var restart = Override(id, level)?.StartOverrideNumberingValue?.Val?.Value;
        counts[level] = restart is not null && _restarted.Add((id, level)) ? restart
            : counts[level] is { } count ? count + 1
            : Start(definition);
        for (var deeper = level + 1; deeper < MaxLevels; deeper++)
        {
            var after = Level(id, list, deeper)?.LevelRestart?.Val?.Value;
            counts[deeper] = after is null || level < after ? null : counts[deeper];
        }

        return Text(id, list, level, definition, counts);
    }

    private string Text(int id, AbstractNum list, int level, Level definition, int?[] counts)
    {
        var format = Format(definition);
        var pattern = definition.LevelText?.Val?.Value ?? "";
        if (format == "bullet")
        {
            return "-";
        }

        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '%' && i + 1 < pattern.Length && pattern[i + 1] is >= '1' and <= '9')
            {
                var of = pattern[++i] - '1';
                var above = of == level ? definition : Level(id, list, of);
                var isPlain = of != level
                    && definition.IsLegalNumberingStyle is { } legal && (legal.Val?.Value ?? true);
                text.Append(Write(counts[of] ?? Start(above), isPlain ? Decimal : Format(above)));
            }
            else
            {
                text.Append(pattern[i]);
            }
        }

        return text.ToString().Trim();
    }

    /// <summary>Formats by their names in the file: the SDK throws at those that it does not know.</summary>
    private static string Write(int number, string format) => format switch
    {
        "lowerLetter" => ListNumber.Letter(number),
        "upperLetter" => ListNumber.Letter(number).ToUpperInvariant(),
        "lowerRoman" => ListNumber.Roman(number),
        "upperRoman" => ListNumber.Roman(number).ToUpperInvariant(),
        "decimalZero" when number < 10 => $"0{ListNumber.Decimal(number)}",
        "ordinal" => $"{ListNumber.Decimal(number)}{ListNumber.Ordinal(number)}",
        "none" => "",
        _ => ListNumber.Decimal(number),
    };

    private static string Format(Level? level) => level?.NumberingFormat?.Val?.InnerText ?? Decimal;

    private static int Start(Level? level) => level?.StartNumberingValue?.Val?.Value ?? 1;

    private AbstractNum? ListOf(int id, out int key)
    {
        key = _instances.GetValueOrDefault(id)?.AbstractNumId?.Val?.Value ?? -1;
        var list = _lists.GetValueOrDefault(key);

        // A list may be that of a style, and say no more.
        if (list?.NumberingStyleLink?.Val?.Value is { } style && _styles.Numbering(style) is { } linked
            && linked.Id != id)
        {
            key = _instances.GetValueOrDefault(linked.Id)?.AbstractNumId?.Val?.Value ?? -1;
            list = _lists.GetValueOrDefault(key);
        }

        return list;
    }

    private int? LevelOfStyle(AbstractNum? list, string? style) => _styles.Ancestors(style)
        .Select(id => list?.Elements<Level>().FirstOrDefault(level => level.ParagraphStyleIdInLevel?.Val?.Value == id))
        .OfType<Level>().FirstOrDefault()?.LevelIndex?.Value;

    private Level? Level(int id, AbstractNum list, int level) =>
        Override(id, level)?.GetFirstChild<Level>()
        ?? list.Elements<Level>().FirstOrDefault(definition => definition.LevelIndex?.Value == level);

    private LevelOverride? Override(int id, int level) => _instances.GetValueOrDefault(id)?.Elements<LevelOverride>()
        .FirstOrDefault(change => change.LevelIndex?.Value == level);
}

/// <summary>A paragraph's place in its list: how deep, and the number or mark before it.</summary>
internal sealed record DocxNumber(int Level, string Text);
