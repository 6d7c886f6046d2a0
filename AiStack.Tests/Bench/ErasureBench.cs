using System.Diagnostics;
using AiStack.Tests.Erasures;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>How long it takes to erase a person out of many passages.</summary>
public sealed class ErasureBench(ErasureStack stack) : IClassFixture<ErasureStack>
{
    private const int Files = 1_000;
    private const int PassagesPerFile = 100;
    private const int FilesThatName = 100;

    /// <summary>What is promised.</summary>
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Fact(Explicit = true)]
    public async Task A_person_out_of_100_000_passages()
    {
        var project = stack.NewProject();
        var store = (await project.StoreAsync()).Replace("vs_", "", StringComparison.Ordinal);
        await FillAsync(project.Id.Value, Guid.Parse(store));

        var started = Stopwatch.GetTimestamp();
        var told = await project.EraseAsync(Person(isDryRun: true));
        var looked = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        var erased = await project.EraseAsync(Person(isDryRun: false));
        var took = Stopwatch.GetElapsedTime(started);

        Assert.Equal(FilesThatName, ErasureProject.Count(told, "ingest.file"));
        Assert.Equal(FilesThatName * PassagesPerFile, ErasureProject.Count(erased, "ingest.chunk"));
        Assert.Equal(FilesThatName * PassagesPerFile, ErasureProject.Count(erased, "retrieval.entry"));
        BenchReport.Write("27-erasure", $"""
            ## Erasing a person

            {Files * PassagesPerFile:N0} passages of about 1,200 characters in {Files:N0} files, each indexed in a
            store; {FilesThatName} of the files name the person in one passage. All services run in the process of the
            benchmark.
            Times are from the request to its end, all services' turns and the signed receipt included.

            | | seconds | of the limit of {_limit.TotalSeconds:F0} s |
            | --- | --- | --- |
            | dry run | {looked.TotalSeconds:F1} | {looked / _limit:F2} |
            | erasure | {took.TotalSeconds:F1} | {took / _limit:F2} |
            """);
    }

    private static object Person(bool isDryRun) => new
    {
        by = "person", identifiers = new[] { "Anna Schmidt", "anna@x.de" }, reason = "A bench", dry_run = isDryRun,
    };

    private Task FillAsync(Guid project, Guid store) => stack.ExecuteAsync(
        $"""
        with file as (
            insert into ingest.file (id, project_id, filename, purpose, media_type, sha256, size_bytes, created_at)
            select gen_random_uuid(), $1, 'file ' || number, 'assistants', 'text/plain', sha256(number::text::bytea), 1,
                   now()
            from generate_series(1, {Files}) as number
            returning id, filename
        ), revision as (
            insert into ingest.revision (id, project_id, file_id, pipeline, max_chunk_tokens, overlap_tokens,
                text_sha256,
                                         anchors, chunk_count, created_at)
            select gen_random_uuid(), $1, id, '4', 300, 0, sha256(filename::bytea), '[]', {PassagesPerFile}, now()
            from file
            returning id, file_id
        ), chunk as (
            insert into ingest.chunk (id, project_id, revision_id, file_id, ordinal, text, token_count, start_offset,
                                      end_offset)
            select gen_random_uuid(), $1, r.id, r.file_id, ordinal,
                   case when ordinal = 50 and substr(f.filename, 6)::int <= {FilesThatName}
                        then 'Signed: ANNA ' || E'\n' || 'Schmidt. ' else '' end
                       || repeat('Words of passage ' || ordinal || ' of a document, and Annabel. ', 25),
                   300, ordinal * 1200, ordinal * 1200 + 1200
            from revision r
            join file f on f.id = r.file_id
            cross join generate_series(0, {PassagesPerFile - 1}) as ordinal
            returning id, revision_id, file_id, ordinal
        ), stored as (
            insert into retrieval.store_file (vector_store_id, file_id, project_id, state, max_chunk_tokens,
                                              overlap_tokens, revision_id, created_at)
            select $2, file_id, $1, 'completed', 300, 0, id, now() from revision
            returning file_id
        )
        insert into retrieval.entry (vector_store_id, file_id, ordinal, project_id, chunk_id, vector, scale, terms,
                                     term_count)
        select $2, c.file_id, c.ordinal, $1, c.id, decode(repeat('07', 512), 'hex'), 1, decode(repeat('05', 400),
            'hex'),
               50
        from chunk c
        join stored s on s.file_id = c.file_id
        """,
        project, store);
}
