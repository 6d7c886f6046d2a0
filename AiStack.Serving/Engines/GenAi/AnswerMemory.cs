using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// The memory in which answers are made. That of answers that have ended is kept for a while: when a conversation goes
/// on, the model reads only what is new in it. Only answers of the same project, for the same people, are looked at:
/// how soon an answer begins would tell others what was asked, or found.
/// </summary>
internal sealed class AnswerMemory
{
    /// <summary>Less than one step's reading is not worth another conversation's memory.</summary>
    private const int FewestHeld = 64;

    /// <summary>
    /// Turns to come want as much room again, so that a conversation moves to new memory only now and then.
    /// </summary>
    private const int Growth = 2;

    /// <summary>And a little more, or the second of two like turns would not fit.</summary>
    private const int Spare = 256;

    /// <summary>So many times what the next answer takes must be free, or what is kept goes.</summary>
    private const int FreeTimes = 2;

    private readonly LocalModel _model;
    private readonly GenAiOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<long> _freeBytes;
    private readonly Lock _lock = new();
    private readonly List<Kept> _kept = [];
    private readonly long _tokenBytes;
    private bool _isOn;

    /// <param name="freeBytes">How much memory is free.</param>
    public AnswerMemory(LocalModel model, GenAiOptions options, TimeProvider time, Func<long> freeBytes)
    {
        (_model, _options, _time, _freeBytes) = (model, options, time, freeBytes);
        _tokenBytes = model.Folder.CacheTokenBytes ?? 0;
        _isOn = options.KeptConversations > 0 && _tokenBytes > 0;
        model.Stopping.Register(Drop); // The model waits for all its memory.
    }

    /// <summary>
    /// Memory for an answer of at most <paramref name="most"/> tokens, and how much of its prompt is in it already;
    /// null when the model is about to go.
    /// </summary>
    public (Generation Generation, int Held)? Take(
        int[] prompt, int most, int contextTokens, ChatOptions? options, string? adapter)
    {
        var tokens = prompt.Length + most;
        if (Find(prompt, tokens, options, adapter) is { } found)
        {
            return found;
        }

        var room = IsShared(prompt.Length, options) ? Room(tokens, contextTokens) : tokens;
        if (_isOn && _freeBytes() < room * _tokenBytes * FreeTimes)
        {
            Drop();
            room = tokens;
        }

        return _model.Begin(room, options, _options.RepetitionPenalty, adapter) is { } begun ? (begun, 0) : null;
    }

    /// <summary>Takes back the memory of an answer that has ended, and frees what has no place.</summary>
    public void Keep(Generation generation, ChatOptions? options)
    {
        if (!IsShared(generation.Length, options) || !generation.Form.CanGoOn)
        {
            generation.Dispose();
            return;
        }

        var timer = _time.CreateTimer(_ => Forget(generation), null, _options.KeepFor, Timeout.InfiniteTimeSpan);
        List<Kept> gone;
        lock (_lock)
        {
            _kept.Insert(0, new(Whose(options), generation, generation.MaxTokens * _tokenBytes, timer));
            gone = _model.Stopping.IsCancellationRequested ? [.. _kept] : [.. Beyond()];
            _kept.RemoveAll(gone.Contains);
        }

        gone.ForEach(kept => kept.Dispose());
    }

    private (Generation Generation, int Held)? Find(
        int[] prompt, int tokens, ChatOptions? options, string? adapter)
    {
        if (!IsShared(prompt.Length, options) || Longest(prompt, tokens, options, adapter) is not ({ } kept, var held))
        {
            return null;
        }

        kept.Timer.Dispose();
        try
        {
            kept.Generation.GoBack(held, options);
            return (kept.Generation, held);
        }
        catch (OnnxRuntimeGenAIException)
        {
            _isOn = false; // This kind of model cannot go back; its memory would be kept for nothing.
            kept.Generation.Dispose();
            return null;
        }
    }

    /// <summary>What holds most of the prompt's beginning. It is the caller's then.</summary>
    private (Kept? Kept, int Held) Longest(int[] prompt, int tokens, ChatOptions? options, string? adapter)
    {
        var (whose, form) = (Whose(options), AnswerForm.Of(options, _model.Template, adapter));
        lock (_lock)
        {
            var best = _kept.Where(kept => kept.Whose == whose && kept.Generation.Form == form
                    && kept.Generation.MaxTokens >= tokens)
                .Select(kept => (Kept: kept, Held: kept.Generation.Held(prompt)))
                .DefaultIfEmpty()
                .MaxBy(each => each.Held);
            return best.Held >= FewestHeld && _kept.Remove(best.Kept) ? best : default;
        }
    }

    /// <summary>Whether the memory of so many tokens may come from an earlier answer, or go to a later one.</summary>
    private bool IsShared(int tokens, ChatOptions? options) =>
        _isOn && options.CallerIfAny() is not null && !_model.Folder.IsTurned(tokens);

    private static (Id<Project> Project, string For) Whose(ChatOptions? options)
    {
        var caller = options.Caller();
        return (caller.ProjectId, string.Join(Principals.Separator, caller.PrincipalNames()));
    }

    private int Room(int tokens, int contextTokens)
    {
        var room = Math.Min(((long)tokens * Growth) + Spare, _options.MaxKeptBytes / _tokenBytes);
        return Math.Max(tokens, (int)Math.Min(room, contextTokens));
    }

    /// <summary>The oldest, beyond the number and the bytes that may be kept.</summary>
    private IEnumerable<Kept> Beyond()
    {
        var bytes = 0L;
        return _kept.Where((kept, at) =>
            (bytes += kept.Bytes) > _options.MaxKeptBytes || at >= _options.KeptConversations);
    }

    private void Forget(Generation generation)
    {
        Kept? old;
        lock (_lock)
        {
            old = _kept.Find(kept => kept.Generation == generation);
            _ = old is not null && _kept.Remove(old);
        }

        old?.Dispose();
    }

    private void Drop()
    {
        List<Kept> gone;
        lock (_lock)
        {
            gone = [.. _kept];
            _kept.Clear();
        }

        gone.ForEach(kept => kept.Dispose());
    }

    private sealed record Kept(
        (Id<Project>, string) Whose, Generation Generation, long Bytes, ITimer Timer) : IDisposable
    {
        public void Dispose()
        {
            Timer.Dispose();
            Generation.Dispose();
        }
    }
}
