namespace AiStack.Serving.Completions;

/// <summary>
/// Answers of which none is asked for before all have what they hold of their budgets: what all cannot have costs
/// nothing.
/// </summary>
internal sealed class BegunTogether(int count)
{
    private readonly TaskCompletionSource<bool> _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = count;

    /// <summary>One has begun; true when all have, false when one cannot.</summary>
    public Task<bool> BeginAsync()
    {
        if (Interlocked.Decrement(ref _missing) == 0)
        {
            _all.TrySetResult(true);
        }

        return _all.Task;
    }

    /// <summary>One cannot begin.</summary>
    public void GiveUp() => _all.TrySetResult(false);
}
