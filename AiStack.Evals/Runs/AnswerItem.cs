using AiStack.Contracts;
using AiStack.Evals.Answers;
using AiStack.Evals.Criteria;
using AiStack.Evals.Datasets;
using AiStack.ServiceDefaults.Work;
using Microsoft.Extensions.Options;

namespace AiStack.Evals.Runs;

/// <summary>
/// Asks one question of a run and stores what came of it. A failure of the item is its result: what passes by itself
/// is tried again first, and the run goes on in either case. Killed in the middle, the item is asked again; a
/// finished item never is, since its result and the end of its work are one transaction.
/// </summary>
internal sealed class AnswerItem(
    ItemStore items, ServingClient serving, TimeProvider time, IOptions<ServingOptions> options) : IWorkHandler<RunItem>
{
    public static string Queue => "evals.run-item";

    /// <summary>One: an answer takes seconds, and a crash should cost no more than one of them.</summary>
    public static int MaxBatch => 1;

    public async Task HandleAsync(
        Id<Project> projectId, IReadOnlyList<Lease<RunItem>> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases)
        {
            await HandleAsync(lease, cancellationToken);
        }
    }

    /// <summary>The queue gives up on an item that workers die of: that, too, is its result.</summary>
    public Task ParkedAsync(Lease<RunItem> lease, string reason, CancellationToken cancellationToken) =>
        items.StoreAsync(lease, ItemResult.Failure("gave_up", reason), isLeaseKept: true, cancellationToken);

    private async Task HandleAsync(Lease<RunItem> lease, CancellationToken cancellationToken)
    {
        if (await items.StartAsync(lease, cancellationToken) is not { } item)
        {
            await items.DropAsync(lease, cancellationToken);
            return;
        }

        var result = await AskAsync(item, lease.Attempt, cancellationToken);
        await items.StoreAsync(lease, result, isLeaseKept: false, cancellationToken);
    }

    private async Task<ItemResult> AskAsync(PendingItem item, int attempt, CancellationToken cancellationToken)
    {
        // As the key is now: it may have been revoked since the run began.
        if (item.Owner.ToAsk() is not { } caller)
        {
            return KeyRefused;
        }

        try
        {
            var started = time.GetTimestamp();
            var outcome = await serving.AskAsync(caller, item.Source, item.Json, cancellationToken);
            var latency = time.GetElapsedTime(started);
            return outcome.TryGet(out var answer, out var fault)
                ? Measure(item, answer, latency)
                : ItemResult.Failure(Code(fault), fault.Message);
        }
        catch (ServingUnavailableException exception) when (attempt >= options.Value.MaxAttempts)
        {
            return ItemResult.Failure("serving_unavailable", $"{exception.Message} Asked {attempt} times.");
        }
    }

    private static ItemResult KeyRefused { get; } = ItemResult.Failure(
        "key_refused",
        "The API key that made this run is revoked, past its day, or may not ask from vector stores any more.");

    private static string Code(Fault fault) => fault.Code switch
    {
        FaultCode.NotFound => "not_found",
        FaultCode.Conflict => "invalid_response",
        _ => "invalid_request",
    };

    private static ItemResult Measure(PendingItem pending, Answer answer, TimeSpan latency)
    {
        var item = DatasetItem.Parse(pending.Json);
        var observation = answer.Observe(pending.Ordinal, item, latency);
        var sample = new Sample(item, answer, observation);
        Grade[] grades = [.. pending.Criteria.Select(criterion => criterion.Of(sample)).OfType<Grade>()];
        return ItemResult.Success(answer, observation, grades);
    }
}
