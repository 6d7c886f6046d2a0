using System.Text.Json;
using AiStack.Ingest.Parsing.Encodings;
using YamlDotNet.Core;

namespace AiStack.Ingest.Parsing.Records;

/// <summary>YAML, by YamlDotNet: each value with the path that leads to it, comments where they stand.</summary>
internal sealed class YamlParser(ParsingOptions limits, string? charset = null) : IDocumentParser
{
    public ParsedDocument Parse(Stream content, CancellationToken cancellationToken)
    {
        var collector = new TextCollector(limits, "yaml 1");
        var yaml = TextDecoder.DecodeMarkup(content, limits, collector.Report, charset);
        try
        {
            foreach (var document in new YamlValues(limits, cancellationToken).Read(yaml))
            {
                using (document)
                {
                    new JsonText(collector, limits, cancellationToken).Add(document.RootElement);
                }
            }
        }
        catch (YamlException exception)
        {
            // A template with placeholders is none, and people read it as the text that it is.
            var text = new TextCollector(limits, "yaml 1");
            text.Report.Note(
                "yaml_not_valid", "The file is not valid YAML: it was read as plain text.",
                $"line {exception.Start.Line}");
            text.Verbatim(yaml);
            return text.ToDocument();
        }
        catch (JsonException)
        {
            throw ParsingLimit.TooDeep("YAML", limits);
        }

        return collector.ToDocument();
    }
}
