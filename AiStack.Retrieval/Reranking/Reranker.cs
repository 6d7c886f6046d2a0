using AiStack.Contracts.Search;
using AiStack.Retrieval.OnnxModels;
using Microsoft.Extensions.Options;

namespace AiStack.Retrieval.Reranking;

/// <summary>
/// Puts the best passages of a search in the order that a cross-encoder thinks right. What it has not read within the
/// time limit, or cannot say a number of, keeps its place. Without a folder it does nothing.
/// </summary>
internal sealed partial class Reranker : IHostedService, IDisposable
{
    private readonly RerankerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CrossEncoder? _model;

    /// <summary>So many pairs are read at once, whoever asks: more would only all be late.</summary>
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    public Reranker(IOptions<RerankerOptions> options, TimeProvider time, ILogger<Reranker> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _model = _options.Folder is { } folder ? Load(folder) : null;
    }

    public bool HasModel => _model is not null;

    /// <summary>
    /// The passages, best first, in the model's order. Their scores stay where they were, so that the best has the best
    /// still; what the model said is in <see cref="PassageScores.Reranker"/>.
    /// </summary>
    /// <param name="weights">Of each passage, what it counts beside others, such as less when it is superseded.</param>
    public async Task<IReadOnlyList<Passage>> OrderAsync(
        string query, IReadOnlyList<Passage> passages, IReadOnlyList<double> weights,
        CancellationToken cancellationToken)
    {
        if (_model is null || passages.Count < 2)
        {
            return passages;
        }

        var read = Math.Min(passages.Count, _options.Passages);
        var scores = await ScoreAsync(_model, query, [.. passages.Take(read)], cancellationToken);
        var places = Enumerable.Range(0, read).Where(i => scores[i] is not null).ToList();
        var order = places.OrderByDescending(i => weights[i] / (1 + Math.Exp(-scores[i]!.Value))).ToList();
        var ordered = passages.ToArray();
        foreach (var (place, from) in places.Zip(order))
        {
            ordered[place] = passages[from] with
            {
                Score = passages[place].Score,
                Scores = passages[from].Scores with { Reranker = scores[from] },
            };
        }

        return ordered;
    }

    /// <summary>It is read when the service starts, which a folder that cannot be used stops.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _model?.Dispose();
        _turns.Dispose();
    }

    private static CrossEncoder Load(string folder)
    {
        try
        {
            return CrossEncoder.Load(ModelFolder.Open(folder));
        }
        catch (ModelRefusedException refused)
        {
            throw new ModelRefusedException($"Retrieval:Reranker:Folder cannot be used: {refused.Message}", refused);
        }
    }

    /// <summary>What the model says of each, the best first; null of what it has not read in time.</summary>
    private async Task<double?[]> ScoreAsync(
        CrossEncoder model, string query, Passage[] passages, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var scores = new double?[passages.Length];
        try
        {
            await Parallel.ForAsync(0, passages.Length, either.Token, async (i, token) =>
            {
                await _turns.WaitAsync(token);
                try
                {
                    scores[i] = model.Score(query, passages[i].WholeText, token);
                }
                catch (ModelRefusedException refused)
                {
                    Refused(_logger, refused.Message);
                }
                finally
                {
                    _turns.Release();
                }
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Late(_logger, scores.Count(score => score is not null), passages.Length);
        }

        return scores;
    }

    [LoggerMessage(1, LogLevel.Error, "The reranker's model cannot be used for a passage: {Reason}")]
    private static partial void Refused(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Debug, "The reranker read {Read} of {Passages} passages in its time.")]
    private static partial void Late(ILogger logger, int read, int passages);
}
