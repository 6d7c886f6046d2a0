using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>One Ingest for all tests of a class, with limits that a test can reach.</summary>
public sealed class IngestFixture : IAsyncLifetime
{
    public const int MaxFileBytes = 1_000_000;

    public PostgresFixture Postgres { get; } = new();

    internal IngestStack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        Stack = await IngestStack.CreateAsync(
            Postgres,
            ("Ingest:Upload:MaxSizeBytes", $"{MaxFileBytes}"),
            ("Ingest:LargeUpload:MaxSizeBytes", "1000"),
            ("Ingest:LargeUpload:MaxPartBytes", "100"),
            ("Ingest:LargeUpload:MaxParts", "3"));
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Postgres.DisposeAsync();
    }
}
