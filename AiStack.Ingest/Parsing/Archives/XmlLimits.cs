using System.Xml;

namespace AiStack.Ingest.Parsing.Archives;

/// <summary>Walks XML before a library makes a tree of it: how many elements, and how deep.</summary>
internal static class XmlLimits
{
    /// <summary>A DTD is passed over: nothing in it is looked up or put in.</summary>
    public static XmlReaderSettings Settings { get; } = new()
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        CloseInput = true,
    };

    public static void Check(
        TextReader xml, string format, ParsingOptions limits, CancellationToken cancellationToken)
    {
        using var reader = XmlReader.Create(xml, Settings);
        for (var elements = 0; reader.Read();)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (reader.Depth > limits.MaxDepth)
            {
                throw ParsingLimit.TooDeep(format, limits);
            }

            if (reader.NodeType == XmlNodeType.Element && ++elements > limits.MaxElements)
            {
                throw ParsingLimit.TooManyElements(format, limits);
            }
        }
    }
}
