using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Contracts;
using AiStack.Contracts.Search;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Database;
using AiStack.TextAnalysis;
using Npgsql;

namespace AiStack.Retrieval.Indexing;

/// <summary>
/// A chunk as it is indexed. A chunk from the middle of a document is found by what it stands in, too: the document's
/// title, the headings above it, the head of its table. What its store masks, or has stand-ins for, is
/// covered in all of these.
/// </summary>
internal sealed partial record IndexedText(
    Id<Chunk> ChunkId, int Ordinal, string Title, string? Heading, string? TableHead, string Text, Language Language)
{
    /// <summary>Sentences of one chunk that get a vector of their own; a chunk of more is a table or a list.</summary>
    public const int MaxSentences = 64;

    /// <summary>The most of a title that is of use.</summary>
    private const int MaxTitleLength = 200;

    /// <summary>What stands above, line by line; empty where nothing does.</summary>
    public string Place => string.Join('\n', new[] { TitleUnlessSaid, HeadingUnlessSaid, TableHead }.OfType<string>());

    public string Whole => Place is { Length: > 0 } place ? $"{place}\n\n{Text}" : Text;

    /// <summary>Its sentences, each below what stands above it.</summary>
    public IEnumerable<string> Sentences
    {
        get
        {
            var above = Above;
            return TextAnalysis.Sentences.In(Text).Take(MaxSentences)
                .Select(sentence => $"{above}{Text.AsSpan(sentence.Start, sentence.End - sentence.Start)}");
        }
    }

    /// <summary>Where it begins in the file's text, in UTF-16 code units.</summary>
    public int Start { get; init; }

    /// <summary>The same of one, by where it stands in the text.</summary>
    public string SentenceAt(int start, int end) => $"{Above}{Text.AsSpan(start, end - start)}";

    private string Above => Place is { Length: > 0 } place ? $"{place}\n" : "";

    /// <summary>What its store takes no file with.</summary>
    public IReadOnlyList<(string Kind, int Count)> Blocked { get; init; } = [];

    /// <summary>A passage as it is indexed.</summary>
    public static IndexedText Of(Passage passage)
    {
        var title = passage.Attributes.ValueKind == JsonValueKind.Object
            && passage.Attributes.TryGetProperty("title", out var said) && said.ValueKind == JsonValueKind.String
                ? said.GetString()
                : null;
        return new(
            passage.ChunkId, passage.Ordinal, TitleOf(title, passage.Filename), passage.Heading, passage.TableHead,
            passage.Text, Languages.Find(passage.Language) ?? Languages.English);
    }

    private string? HeadingUnlessSaid =>
        Heading?.Contains(" > ", StringComparison.Ordinal) == false
        && Text.StartsWith(Heading, StringComparison.Ordinal) ? null : Heading;

    private string? TitleUnlessSaid
    {
        get
        {
            var said = WordsOf(Heading ?? "");
            return WordsOf(Title).IsSubsetOf(said) ? null : Title;
        }
    }

    /// <summary>The chunks of a file, or those of <paramref name="ordinals"/>, in their order.</summary>
    public static Task<List<IndexedText>> ReadAsync(
        NpgsqlConnection connection,
        Id<VectorStore> store,
        Id<StoredFile> file,
        Id<Revision> revision,
        string? title,
        int[]? ordinals,
        StandIns standIns,
        CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select id, ordinal, text, heading, language, table_head,
                   coalesce({title}, (
                       select document_attributes ->> 'title'
                       from retrieval.store_file
                       where vector_store_id = {store} and file_id = {file})),
                   (select filename from ingest.published_file where id = {file}), details,
                   (select privacy from retrieval.vector_store where id = {store}), start_offset
            from ingest.published_chunk
            where revision_id = {revision} and ({ordinals}::int[] is null or ordinal = any({ordinals}))
            order by ordinal
            """,
            row => Read(row, standIns),
            cancellationToken);

    private static IndexedText Read(NpgsqlDataReader row, StandIns standIns)
    {
        var text = row.GetString(2);
        var policy = PrivacyPolicy.Read(row, 9, standIns);
        var details = policy.DetailsOf(row, 8, text);
        return new(
            new(row.GetGuid(0)),
            row.GetInt32(1),
            TitleOf(policy.Masked(TextOrNull(row, 6)), policy.MaskedName(TextOrNull(row, 7))),
            policy.Masked(TextOrNull(row, 3)),
            policy.Masked(TextOrNull(row, 5)),
            policy.Masked(text, details),
            Languages.Find(TextOrNull(row, 4)) ?? Languages.Of(text))
        {
            Blocked = [.. policy.Blocked(details)],
            Start = row.GetInt32(10),
        };
    }

    /// <summary>What the document says that it is called, else its file's name, as words.</summary>
    public static string TitleOf(string? title, string? filename)
    {
        var words = string.IsNullOrWhiteSpace(title)
            ? Marks().Replace(Path.GetFileNameWithoutExtension(filename ?? ""), " ")
            : title;
        return words.Length <= MaxTitleLength ? words.Trim() : words[..MaxTitleLength].Trim();
    }

    private static HashSet<string> WordsOf(string text) => [.. Words.In(text).Select(word => word.Form)];

    private static string? TextOrNull(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    [GeneratedRegex(@"[-_.\s]+")]
    private static partial Regex Marks();
}
