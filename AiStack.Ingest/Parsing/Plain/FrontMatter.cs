using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AiStack.Ingest.Parsing.Plain;

/// <summary>What a Markdown page says of itself in the YAML above its text.</summary>
internal static class FrontMatter
{
    /// <summary>Keeps each value under its name; lists as one value, and values in values under both names.</summary>
    public static void Read(string yaml, ReportBuilder report)
    {
        try
        {
            var names = new Stack<(string? Name, bool IsList)>();
            var parser = new Parser(new StringReader(yaml));
            string? name = null;
            var list = new List<string>();
            while (parser.MoveNext())
            {
                switch (parser.Current)
                {
                    case MappingStart or SequenceStart:
                        names.Push((name, parser.Current is SequenceStart));
                        name = null;
                        break;
                    case MappingEnd or SequenceEnd when names.Count > 0:
                        var ended = names.Pop();
                        if (ended.IsList)
                        {
                            report.Attribute(Path(names, ended.Name), string.Join(", ", list));
                            list.Clear();
                        }

                        name = null;
                        break;
                    case Scalar scalar when names.TryPeek(out var top) && top.IsList:
                        list.Add(scalar.Value);
                        break;
                    case Scalar scalar when name is null:
                        name = scalar.Value;
                        break;
                    case Scalar scalar:
                        report.Attribute(Path(names, name), scalar.Value);
                        name = null;
                        break;
                    case AnchorAlias:
                        name = null;
                        break;
                }
            }
        }
        catch (YamlException exception)
        {
            report.Warn(
                "front_matter_unreadable", "The YAML above the text is not valid; what follows its fault is not kept.",
                $"line {exception.Start.Line + 1}");
        }
    }

    private static string Path(IEnumerable<(string? Name, bool IsList)> names, string? name) => string.Join(
        '.', names.Select(above => above.Name).Reverse().Append(name).Where(part => !string.IsNullOrEmpty(part)));
}
