namespace AiStack.Ingest.Parsing;

/// <summary>Reads the files in a file: what is attached to a mail, the members of an archive.</summary>
internal interface IPartReader
{
    /// <summary>
    /// Adds the text of a file in a file below the headings that are open. One that cannot be read costs a finding,
    /// not the whole file.
    /// </summary>
    /// <param name="headingLevel">The level of a heading of its name; null for none.</param>
    /// <returns>Why it was not read; null when it was.</returns>
    string? Include(
        TextCollector collector, Stream content, string name, CancellationToken cancellationToken,
        string? charset = null, int? headingLevel = null);
}
