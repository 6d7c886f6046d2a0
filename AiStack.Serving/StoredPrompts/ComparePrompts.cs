using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Npgsql;

namespace AiStack.Serving.StoredPrompts;

/// <summary>Tells line by line what changed from one version of a prompt to another.</summary>
internal static class ComparePrompts
{
    /// <param name="from">A number, or a label; and so is <paramref name="to"/>.</param>
    public static async Task<IResult> HandleAsync(
        string name,
        string from,
        string to,
        Caller caller,
        NpgsqlDataSource database,
        CancellationToken cancellationToken)
    {
        List<PromptVersionObject> versions = [];
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        foreach (var version in new[] { from, to })
        {
            var found = await connection.FirstOrDefaultAsync(
                PromptVersionObject.Select(name, version), PromptVersionObject.Read, cancellationToken);
            if (found is null)
            {
                return PromptEndpoints.NotFound(name, version).ToResult();
            }

            versions.Add(found);
        }

        var lines = InlineDiffBuilder.Diff(versions[0].Text, versions[1].Text, ignoreWhiteSpace: false).Lines;
        return TypedResults.Ok(new Difference(
            versions[0].Id, versions[1].Id, [.. lines.Select(line => new Line(Word(line.Type), line.Text))]));
    }

    private static string Word(ChangeType type) => type switch
    {
        ChangeType.Inserted => "added",
        ChangeType.Deleted => "removed",
        _ => "same",
    };

    internal sealed record Difference(string From, string To, IReadOnlyList<Line> Lines)
    {
        public string Object { get; } = "prompt.diff";
    }

    /// <param name="Change"><c>same</c>, <c>added</c> or <c>removed</c>.</param>
    internal sealed record Line(string Change, string Text);
}
