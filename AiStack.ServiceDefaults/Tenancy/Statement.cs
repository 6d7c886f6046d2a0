using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using Npgsql;

namespace AiStack.ServiceDefaults.Tenancy;

/// <summary>A statement on one project's rows that waits for its turn or its result.</summary>
internal abstract record Statement(Id<Project> ProjectId, Sql Sql, bool IsDurable)
{
    private int _isTaken;
    private volatile bool _isGivenUp;

    /// <summary>False when whoever waits has given up, or it runs already: it is run once, or not at all.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Whether whoever waited has been told that it was not run in time.</summary>
    public bool IsGivenUp => _isGivenUp;

    public void GiveUp()
    {
        _isGivenUp = true;
        TryTake();
    }

    /// <summary>Whether it has a result to be read, be it without rows.</summary>
    public abstract bool HasRows { get; }

    /// <summary>Reads its rows. They are told once their transaction is committed.</summary>
    public abstract Task ReadAsync(NpgsqlDataReader reader);

    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

/// <inheritdoc/>
internal sealed record Statement<T>(Id<Project> ProjectId, Sql Sql, Func<NpgsqlDataReader, T>? Read, bool IsDurable)
    : Statement(ProjectId, Sql, IsDurable)
{
    private readonly TaskCompletionSource<List<T>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<T> _rows = [];

    public Task<List<T>> Result => _result.Task;

    public override bool HasRows => Read is not null;

    public override async Task ReadAsync(NpgsqlDataReader reader)
    {
        List<T> rows = [];
        while (await reader.ReadAsync())
        {
            try
            {
                rows.Add(Read!(reader));
            }
            catch (Exception exception) when (exception is not NpgsqlException)
            {
                // Of its own result: the others of its group are none the worse.
                Fail(exception);
            }
        }

        _rows = rows;
    }

    public override void Complete() => _result.TrySetResult(_rows);

    public override void Fail(Exception exception) => _result.TrySetException(exception);
}
