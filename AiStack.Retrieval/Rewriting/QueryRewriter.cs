using System.Text;
using AiStack.Contracts.Search;
using AiStack.TextAnalysis;
using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Rewriting;

/// <summary>
/// Has a model make a query of what a person typed. When there is none, or it fails, is late, or says what is no query,
/// the words are searched as they were asked, and the result says so.
/// </summary>
internal sealed partial class QueryRewriter(
    IChatClient? model, TimeSpan timeLimit, TimeProvider time, RetrievalTelemetry telemetry, ILogger logger)
{
    /// <summary>What is longer is an answer or an explanation.</summary>
    public const int MaxLength = 400;

    private const int MaxOutputTokens = 256;

    /// <summary>The prompt in use. Another one is another file, and measured.</summary>
    private static readonly string _prompt = Read("rewrite.v1.md");

    public async Task<RewrittenQuery> RewriteAsync(string query, CancellationToken cancellationToken)
    {
        var said = model is null
            ? new RewrittenQuery(query, QueryRewriting.NoModel)
            : await AskAsync(model, query, cancellationToken);
        telemetry.Rewritten(said.Rewriting);
        return said;
    }

    private async Task<RewrittenQuery> AskAsync(IChatClient asked, string query, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var answer = await asked.GetResponseAsync(
                [new(ChatRole.System, _prompt), new(ChatRole.User, query)],
                new() { MaxOutputTokens = MaxOutputTokens },
                either.Token);
            return QueryIn(answer.Text) is not { } rewritten ? new(query, QueryRewriting.Unusable)
                : rewritten == query.Trim() ? new(query, QueryRewriting.Unchanged)
                : new(rewritten, QueryRewriting.Rewritten);
        }
        catch (OperationCanceledException) when (
            limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            Late(logger, timeLimit);
            return new(query, QueryRewriting.Late);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The exception itself stays out: a model's server may repeat the query in its error.
            Failed(logger, exception.GetType().Name);
            return new(query, QueryRewriting.Failed);
        }
    }

    /// <summary>The query that a model's answer is; null when it is none.</summary>
    private static string? QueryIn(string answer)
    {
        var line = answer.Trim().Trim('"', '“', '”', '„', '«', '»', '`').Trim();
        return line.Length <= MaxLength
            && !line.Any(char.IsControl)
            && !line.EnumerateRunes().Contains(Rune.ReplacementChar) // Half a character.
            && Words.In(line).Any()
            ? line
            : null;
    }

    private static string Read(string name)
    {
        using var stream = typeof(QueryRewriter).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [LoggerMessage(1, LogLevel.Warning, "The model did not rewrite a query within {Limit}.")]
    private static partial void Late(ILogger logger, TimeSpan limit);

    [LoggerMessage(2, LogLevel.Warning, "The model could not rewrite a query ({Cause}).")]
    private static partial void Failed(ILogger logger, string cause);
}

/// <summary>What is searched, and what became of the rewriting: a word of <see cref="QueryRewriting"/>.</summary>
internal sealed record RewrittenQuery(string Query, string Rewriting);
