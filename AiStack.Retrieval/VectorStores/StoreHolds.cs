using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Erasures;
using Npgsql;

namespace AiStack.Retrieval.VectorStores;

/// <summary>Stores under a legal hold: what is in them stays there.</summary>
internal static class StoreHolds
{
    /// <summary>Null when none is about the store, until the transaction ends.</summary>
    public static async Task<Fault?> CheckAsync(
        NpgsqlConnection connection, Id<VectorStore> store, CancellationToken cancellationToken)
    {
        await HoldLock.ShareAsync(connection, cancellationToken);
        var isHeld = await connection.FirstOrDefaultAsync(
            $"""
            select exists (
                select from ingest.published_legal_hold
                where subject = 'store' and subject_id in (
                    select id from retrieval.vector_store where id = {store} or snapshot_of = {store}))
            """,
            row => row.GetBoolean(0),
            cancellationToken);
        return isHeld
            ? new(
                FaultCode.Conflict,
                $"The vector store '{store}' is under a legal hold: it and its files stay until that is released.",
                "vector_store_id")
            : null;
    }
}
