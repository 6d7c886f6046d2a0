using AiStack.Contracts;
using AiStack.Retrieval.Storage;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using Npgsql;

namespace AiStack.Retrieval.Versions;

/// <summary>How long versions of documents stay that a source replaced or removed.</summary>
/// <param name="SupersededDays">Days, counted from then: 0 to 3,650, and 30 unless said.</param>
internal sealed record Retention(int SupersededDays);

internal static class GetRetention
{
    public static async Task<IResult> HandleAsync(
        string id, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindAsync(connection, id, cancellationToken)).TryGet(out var store, out var fault))
        {
            return fault.ToResult();
        }

        return TypedResults.Ok(new Retention(await connection.FirstOrDefaultAsync(
            $"select superseded_days from retrieval.vector_store where id = {store}",
            row => row.GetInt32(0),
            cancellationToken)));
    }
}

/// <summary>Sets it for what is superseded from now on.</summary>
internal static class SetRetention
{
    private const int MaxDays = 3_650;

    public static async Task<IResult> HandleAsync(
        string id, Request request, Caller caller, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        if (request.SupersededDays is not (>= 0 and <= MaxDays))
        {
            return new Fault(
                FaultCode.InvalidArgument, $"'superseded_days' must be from 0 to {MaxDays}.", "superseded_days")
                .ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (!(await StoreRows.FindToChangeAsync(connection, id, cancellationToken))
            .TryGet(out var store, out var fault))
        {
            return fault.ToResult();
        }

        await connection.ExecuteAsync(
            $"""
            update retrieval.vector_store
            set superseded_days = {request.SupersededDays}
            where id = {store}
            """, cancellationToken);
        return TypedResults.Ok(new Retention(request.SupersededDays.Value));
    }

    internal sealed record Request(int? SupersededDays = null);
}
