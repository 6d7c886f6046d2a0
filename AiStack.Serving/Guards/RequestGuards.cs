using System.Diagnostics.CodeAnalysis;
using AiStack.Contracts;
using AiStack.Serving.Pipeline;
using AiStack.TextAnalysis.Recognisers;
using Microsoft.Extensions.AI;

namespace AiStack.Serving.Guards;

/// <summary>The guards of one request, and what they found in it so far. They keep no text.</summary>
/// <param name="print">The policy as a text, by which policies can be told apart.</param>
/// <param name="telemetry">Null where nothing is counted, as of a trial.</param>
internal sealed class RequestGuards(
    GuardPolicy policy,
    string print,
    Phrases phrases,
    IReadOnlyList<Guard> guards,
    ServingTelemetry? telemetry,
    ILogger logger)
{
    private const string Key = "aistack.request_guards";

    private readonly Lock _lock = new();
    private readonly Dictionary<GuardCount, int> _counts = [];

    public Phrases Phrases => phrases;

    public string Print => print;

    /// <summary>Whether a guard found something, or could not look.</summary>
    public bool HaveActed { get; private set; }

    /// <summary>Every guard that acted, and how often, in the order in which they did first.</summary>
    public IReadOnlyList<KeyValuePair<GuardCount, int>> Counts
    {
        get
        {
            lock (_lock)
            {
                return [.. _counts];
            }
        }
    }

    /// <summary>Takes them along to the stages behind.</summary>
    public ChatOptions PutInto(ChatOptions options)
    {
        (options.AdditionalProperties ??= [])[Key] = this;
        return options;
    }

    /// <summary>Those of a request; null where all are off.</summary>
    public static RequestGuards? In(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out RequestGuards? guards) == true ? guards : null;

    /// <summary>The strongest that may happen at a place.</summary>
    public GuardAction Strongest(GuardPlace place) =>
        GuardNames.All.Select(guard => policy.ActionOf(guard, place)).Max();

    /// <summary>
    /// What the guards find in a text, and what is to be done with it. Nothing is counted yet. A guard that fails is a
    /// fault where it was to block; elsewhere the log and the metrics say so, and the text goes on.
    /// </summary>
    /// <param name="isOurs">Whether the caller's own developer wrote it: no instructions are smuggled in then.</param>
    public List<Caught> Look(string text, GuardPlace place, bool isOurs = false)
    {
        List<Caught> caught = [];
        foreach (var guard in guards)
        {
            var action = policy.ActionOf(guard.Name, place);
            if (action != GuardAction.Off && !(isOurs && guard.Name == GuardNames.Injection))
            {
                caught.AddRange(Find(guard, text, place, action)
                    .Select(finding => new Caught(guard.Name, finding, action)));
            }
        }

        return caught;
    }

    /// <summary>
    /// The text as it may go on, without what is to be masked. What is to be blocked is a fault, which says what was
    /// found and not its text.
    /// </summary>
    /// <param name="inPlace">Whether the text keeps its length.</param>
    public string Pass(string text, GuardPlace place, bool isOurs = false, bool inPlace = false)
    {
        var caught = Look(text, place, isOurs);
        if (caught.Count == 0)
        {
            return text;
        }

        Count(caught, place);
        if (caught.Find(each => each.Action == GuardAction.Block) is { } blocked)
        {
            Refuse(blocked, place);
        }

        var masks = Caught.Masks(caught);
        return masks.Count == 0 ? text
            : inPlace ? Placeholders.MaskInPlace(text, masks)
            : Placeholders.Mask(text, masks);
    }

    /// <summary>How long all that is asked is together.</summary>
    public void PassSize(long characters)
    {
        var action = policy.ActionOf(GuardNames.Size, GuardPlace.Input);
        if (action == GuardAction.Off || policy.Size?.MaxCharacters is not { } most || characters <= most)
        {
            return;
        }

        var caught = new Caught(GuardNames.Size, new("characters", 0, 0), action);
        Count([caught], GuardPlace.Input);
        if (action == GuardAction.Block)
        {
            throw new EngineFaultException(new(
                FaultCode.ContentBlocked,
                $"The input has {characters} characters; the project's guard '{GuardNames.Size}' allows {most}."));
        }
    }

    public void Count(IReadOnlyCollection<Caught> caught, GuardPlace place)
    {
        HaveActed |= caught.Count > 0;
        foreach (var (guard, finding, action) in caught)
        {
            var count = new GuardCount(guard, finding.Kind, place.Word(), action.Word());
            lock (_lock)
            {
                _counts[count] = _counts.GetValueOrDefault(count) + 1;
            }

            telemetry?.GuardFound(count);
        }
    }

    [DoesNotReturn]
    private static void Refuse(Caught blocked, GuardPlace place) => throw new EngineFaultException(new(
        FaultCode.ContentBlocked,
        $"The project's guard '{blocked.Guard}' does not let this pass: it found '{blocked.Finding.Kind}' in the "
        + $"{place.Word()}."));

    private List<Finding> Find(Guard guard, string text, GuardPlace place, GuardAction action)
    {
        try
        {
            return guard.Find(text, phrases);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            HaveActed = true;
            telemetry?.GuardFailed(guard.Name, place.Word(), action.Word());
            logger.GuardFailed(guard.Name, place.Word(), action.Word(), exception.GetType().Name);
            return action == GuardAction.Block
                ? throw new EngineFaultException(
                    new(
                        FaultCode.GuardFailed,
                        $"The project's guard '{guard.Name}' cannot look at the {place.Word()} now, and nothing passes "
                        + "it unseen."),
                    exception)
                : [];
        }
    }
}

/// <summary>Something that a guard found, and what is to be done with it.</summary>
internal sealed record Caught(string Guard, Finding Finding, GuardAction Action)
{
    /// <summary>What stands in the place of an injected sentence: its kind would be one more order.</summary>
    public const string Removed = "removed";

    /// <summary>What is to be masked, apart and in its order.</summary>
    public static List<Finding> Masks(IEnumerable<Caught> caught) => TextAnalysis.Recognisers.Finding.Merged(
        caught.Where(each => each.Action == GuardAction.Mask).Select(each =>
            each.Guard == GuardNames.Injection ? each.Finding with { Kind = Removed } : each.Finding));
}

/// <summary>What was found: by which guard, of which kind, where, and what was done.</summary>
internal sealed record GuardCount(string Guard, string Kind, string Place, string Action);
