using System.Text;

namespace AiStack.Ingest.Parsing;

/// <summary>Gathers a file's report while it is read. The same finding is counted, not repeated.</summary>
internal sealed class ReportBuilder(string parser)
{
    private const int MaxAttributes = 64;
    private const int MaxAttributeLength = 512;
    private const int MaxFindings = 100;

    private readonly SortedSet<int> _pagesWithoutText = [];
    private readonly Dictionary<string, string> _attributes = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Finding> _findings = [];
    private (string Name, double Confidence)? _encoding;

    public int? Pages { get; set; }

    public int Tables { get; set; }

    public int Pictures { get; set; }

    public void PageWithoutText(int page) => _pagesWithoutText.Add(page);

    public void Encoding(string name, double confidence) => _encoding = (name, confidence);

    /// <summary>Keeps what the file says of itself; the first value of a name stays.</summary>
    public void Attribute(string name, string value)
    {
        var (key, text) = (Clean(name), Clean(value));
        if (_attributes.Count < MaxAttributes && key.Length > 0 && text.Length > 0)
        {
            _attributes.TryAdd(key, text);
        }
    }

    public string? AttributeOf(string name) => _attributes.GetValueOrDefault(name);

    public void Note(string code, string message, string? place = null, int count = 1) =>
        Add(code, FindingLevel.Note, message, place, count);

    public void Warn(string code, string message, string? place = null, int count = 1) =>
        Add(code, FindingLevel.Warning, message, place, count);

    public DocumentReport Build() => new(
        parser, Pages, [.. _pagesWithoutText], Tables, Pictures, _encoding?.Name, _encoding?.Confidence,
        _attributes, [.. _findings]);

    /// <summary>Adds what was found in a part of the file: its findings come with the part's name.</summary>
    public void Include(DocumentReport part, string place)
    {
        Tables += part.Tables;
        Pictures += part.Pictures;
        foreach (var finding in part.Findings)
        {
            var where = finding.Place is null ? place : $"{place}, {finding.Place}";
            Add(finding.Code, finding.Level, finding.Message, where, finding.Count);
        }
    }

    /// <summary>What files say may hold what no database or reader takes: control characters, half letters.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            _ = !Rune.IsControl(rune) ? clean.Append(rune.ToString())
                : Rune.IsWhiteSpace(rune) ? clean.Append(' ')
                : clean;
            if (clean.Length >= MaxAttributeLength)
            {
                break;
            }
        }

        return clean.ToString().Trim();
    }

    private void Add(string code, FindingLevel level, string message, string? place, int count)
    {
        (message, place) = (Clean(message), place is null ? null : Clean(place));
        var known = _findings.FindIndex(finding => finding.Code == code
            && (finding.Message == message || _findings.Count >= MaxFindings));
        if (known < 0)
        {
            if (_findings.Count > 2 * MaxFindings)
            {
                return;
            }

            _findings.Add(new(code, level, message, count, place));
        }
        else
        {
            var both = _findings[known];
            _findings[known] = both with
            {
                Count = both.Count + count,
                Level = level == FindingLevel.Warning ? level : both.Level,
            };
        }
    }
}
