using System.Globalization;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Contracts.Quality;
using AiStack.Contracts.Work;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Quality;

/// <summary>
/// Judges runs by what their stores expect, before anything of them is stored. A revision that is in the store already
/// was judged before, and one that was released is not judged.
/// </summary>
internal sealed class QualityGate(
    [FromKeyedServices(Stores.Background)] NpgsqlDataSource database, SqlExpectations sql, TimeProvider time)
{
    /// <summary>The policies of stores, as their rows have them.</summary>
    public static async Task<Dictionary<Id<VectorStore>, string>> PoliciesAsync(
        NpgsqlConnection connection, IEnumerable<Id<VectorStore>> stores, CancellationToken cancellationToken)
    {
        var ids = stores.Select(store => store.Value).Distinct().ToArray();
        var policies = await connection.ListAsync(
            $"select id, quality from retrieval.vector_store where id = any({ids})",
            row => (Id: new Id<VectorStore>(row.GetGuid(0)), Policy: row.GetString(1)),
            cancellationToken);
        return policies.ToDictionary(store => store.Id, store => store.Policy);
    }

    /// <summary>What a run is judged by, and what was found of it but for copies, which are looked for as it is stored.
    /// </summary>
    public async Task<JudgedRun> JudgeAsync(
        Id<Project> projectId, FileProcessed file, string stored, IReadOnlyList<RunChunk> chunks,
        CancellationToken cancellationToken)
    {
        var policy = QualityPolicy.Read(stored);
        var run = new JudgedRun(stored, policy)
        {
            Signature = policy.SignsFiles ? MinHash.Of(chunks.Select(chunk => chunk.Text)) : null,
            Hashes = policy.HashesChunks ? [.. chunks.Select(chunk => chunk.Hash)] : null,
        };
        if (policy.Expectations.Count == 0)
        {
            return run;
        }

        await using (var connection = await database.OpenForAsync(projectId, cancellationToken))
        {
            if (!await IsToBeJudgedAsync(connection, file, cancellationToken))
            {
                return run;
            }

            run.Measured = await ReadAsync(connection, file, chunks, cancellationToken);
        }

        foreach (var expectation in policy.Expectations.Where(each => each.Type != ExpectationTypes.DuplicateShare))
        {
            run.Results.Add(expectation.Type == ExpectationTypes.Sql
                ? await sql.MeasureAsync(file.VectorStoreId, expectation, chunks, cancellationToken)
                : run.Measured.Measure(expectation, time.GetUtcNow()));
        }

        return run;
    }

    private static Task<bool> IsToBeJudgedAsync(
        NpgsqlConnection connection, FileProcessed file, CancellationToken cancellationToken) =>
        connection.FirstOrDefaultAsync(
            $"""
            select not exists (
                select from retrieval.store_file
                where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
                  and state = 'completed' and removed_at is null and revision_id = {file.RevisionId!.Value})
              and not exists (
                select from retrieval.quality_run
                where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
                  and revision_id = {file.RevisionId.Value} and status = 'releasing')
            """,
            row => row.GetBoolean(0),
            cancellationToken);

    private static async Task<MeasuredRun> ReadAsync(
        NpgsqlConnection connection, FileProcessed file, IReadOnlyList<RunChunk> chunks,
        CancellationToken cancellationToken)
    {
        var says = file.Reading is { } reading ? JsonSerializer.Serialize(reading.Attributes) : null;
        var read = await connection.FirstOrDefaultAsync(
            $"""
            select coalesce({says}::jsonb, document_attributes) || attributes,
                   coalesce((select created_at from ingest.published_file where id = {file.FileId}), created_at)
            from retrieval.store_file
            where vector_store_id = {file.VectorStoreId} and file_id = {file.FileId}
            """,
            row => (Attributes: row.GetString(0), At: row.GetFieldValue<DateTimeOffset>(1)),
            cancellationToken);
        var attributes = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(read.Attributes ?? "{}")!;
        return new(chunks, attributes, read.At);
    }
}

/// <summary>A run and what was found of it.</summary>
/// <param name="Stored">What it was judged by, as the store's row had it.</param>
internal sealed record JudgedRun(string Stored, QualityPolicy Policy)
{
    /// <summary>Null where it is not judged.</summary>
    public MeasuredRun? Measured { get; set; }

    public List<ExpectationResult> Results { get; } = [];

    /// <summary>Of its words, where the store looks for near-duplicates and there are enough of them.</summary>
    public MinHash? Signature { get; init; }

    /// <summary>Of its chunks, where the store counts copies.</summary>
    public long[]? Hashes { get; init; }

    /// <summary>The same for the lineage; null where nothing was looked at.</summary>
    public IReadOnlyList<DataQualityAssertion>? Assertions => Measured is null
        ? null
        : Results.ConvertAll(each => each.ToAssertion());

    public bool IsBlocked => Results.Any(result => result.Blocks);

    public string Status => IsBlocked ? RunStatus.Quarantined
        : Results.All(result => result.Success) ? RunStatus.Passed : RunStatus.Warned;

    /// <summary>What its owner is told: what was expected and what was found, never words of it.</summary>
    public FileFailure Failure() => new(
        "invalid_file",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Quarantined: it does not meet what this store expects. {string.Join("; ", Results
                .Where(each => each.Blocks)
                .Select(each => $"{each.Name ?? each.Type}: {each.Measured}, expected {each.Expected}"))}. "
            + $"An admin can release it, with a reason, or change what the store expects."));
}

/// <summary>What became of runs.</summary>
internal static class RunStatus
{
    public const string Passed = "passed";
    public const string Warned = "warned";
    public const string Quarantined = "quarantined";

    /// <summary>Somebody released it, and it is being indexed.</summary>
    public const string Releasing = "releasing";
    public const string Released = "released";
}
