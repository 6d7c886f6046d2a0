using AiStack.Contracts;
using AiStack.Ingest.Parsing;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Ingest.Files;

/// <summary>
/// Gives what reading a file found besides its text: what may be missing in it, and which files are the same.
/// </summary>
internal static class GetFileReport
{
    private const int MaxDuplicates = 100;

    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (!Id<StoredFile>.TryParse(id, null, out var fileId))
        {
            return FileEndpoints.NotProcessed(id).ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await FindAsync(connection, fileId, cancellationToken) is { } found
            ? TypedResults.Ok(
                found with { Duplicates = await DuplicatesAsync(connection, caller, fileId, cancellationToken) })
            : FileEndpoints.NotProcessed(id).ToResult();
    }

    private static Task<FileReport?> FindAsync(
        NpgsqlConnection connection, Id<StoredFile> fileId, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select f.id, f.filename, f.sha256, r.report,
                   array(
                       select language
                       from ingest.chunk
                       where revision_id = r.id and language is not null
                       group by language
                       order by count(*) desc, language)
            from ingest.file f
            join ingest.revision r on r.file_id = f.id
            where f.id = {fileId} and f.deleted_at is null
            order by r.id desc
            limit 1
            """,
            row => FileReport.Of(
                new(row.GetGuid(0)),
                row.GetString(1),
                Convert.ToHexStringLower(row.GetFieldValue<byte[]>(2)),
                ReportJson.Read(row.GetString(3)),
                row.GetFieldValue<string[]>(4)),
            cancellationToken);

    private static Task<List<Id<StoredFile>>> DuplicatesAsync(
        NpgsqlConnection connection, Caller caller, Id<StoredFile> fileId, CancellationToken cancellationToken) =>
        connection.ListAsync(
            $"""
            select other.id
            from ingest.file f
            join ingest.file other on other.sha256 = f.sha256 and other.id <> f.id and other.deleted_at is null
            where f.id = {fileId}
              and ({caller.Principals is null} or not ingest.is_for_others(other.id, {caller.PrincipalNames()}))
            order by other.id
            limit {MaxDuplicates}
            """,
            row => new Id<StoredFile>(row.GetGuid(0)),
            cancellationToken);

    /// <param name="Sha256">The hash of the file's bytes.</param>
    /// <param name="Languages">The languages of its chunks by ISO 639-1, that of most first.</param>
    /// <param name="PersonalDetails">How many of each kind were found in its text (docs/privacy.md); null where it was
    /// read before they were counted.</param>
    /// <param name="Duplicates">The project's other files with the same bytes, at most 100 of those in sight.</param>
    internal sealed record FileReport(
        Id<StoredFile> FileId,
        string Filename,
        string Sha256,
        string Parser,
        string? Encoding,
        double? EncodingConfidence,
        int? Pages,
        IReadOnlyList<int> PagesWithoutText,
        int Tables,
        int Pictures,
        IReadOnlyList<string> Languages,
        IReadOnlyDictionary<string, string> Attributes,
        IReadOnlyList<ReportedFinding> Findings,
        IReadOnlyDictionary<string, int>? PersonalDetails,
        IReadOnlyList<Id<StoredFile>> Duplicates)
    {
        public static FileReport Of(
            Id<StoredFile> id, string filename, string sha256, DocumentReport report, string[] languages) => new(
            id, filename, sha256, report.Parser, report.Encoding, report.EncodingConfidence, report.Pages,
            report.PagesWithoutText, report.Tables, report.Pictures, languages, report.Attributes,
            [.. report.Findings.Select(ReportedFinding.Of)], report.PersonalDetails, []);
    }

    /// <param name="Level"><c>note</c>: left out on purpose; <c>warning</c>: text may be missing or wrong.</param>
    internal sealed record ReportedFinding(string Code, string Level, string Message, int Count, string? Place)
    {
        public static ReportedFinding Of(Finding finding) => new(
            finding.Code, finding.Level == FindingLevel.Warning ? "warning" : "note", finding.Message, finding.Count,
            finding.Place);
    }
}
