using System.Text.Json;
using Npgsql;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>What each service is given: what it needs, and no more.</summary>
public sealed class LeastPrivilegeTests(StackFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gateway", "cache", "aistack")]
    [InlineData("ingest", "blobs", "aistack")]
    [InlineData("retrieval", "aistack")]
    [InlineData("serving", "aistack")]
    [InlineData("evals", "blobs", "aistack")]
    [InlineData("console")]
    public async Task A_service_is_given_its_own_stores_and_a_role_that_is_no_superuser(
        string service, params string[] stores)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads a process' environment.");
        var stack = await fixture.StackAsync(Token);

        var environment = await EnvironmentOfAsync(stack.ProcessOf(service)!.Value);

        const string Prefix = "ConnectionStrings__";
        var given = environment.Where(setting => setting.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        Assert.Equal(stores.Order(), given.Select(setting => setting.Key[Prefix.Length..]).Order());
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(
            await File.ReadAllTextAsync(Path.Combine(stack.DataFolder, "secrets.json"), Token))!;
        var others = secrets.Where(secret => secret.Key.EndsWith("-password", StringComparison.Ordinal)
            && secret.Key != $"{service}-database-password" && !stores.Contains(secret.Key.Split('-')[0]));
        Assert.All(others, other => Assert.DoesNotContain(
            environment.Values, value => value.Contains(other.Value, StringComparison.Ordinal)));
        if (environment.TryGetValue($"{Prefix}aistack", out var connectionString))
        {
            Assert.Equal($"aistack_{service}", new NpgsqlConnectionStringBuilder(connectionString).Username);
            await using var database = NpgsqlDataSource.Create(connectionString);
            await using var command = database.CreateCommand(
                """
                select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
                from pg_roles
                where rolname = current_user
                """);
            Assert.False((bool)(await command.ExecuteScalarAsync(Token))!);
        }
    }

    private static async Task<Dictionary<string, string>> EnvironmentOfAsync(int process) =>
        (await File.ReadAllTextAsync($"/proc/{process}/environ", Token))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(setting => setting.Split('=', 2))
            .ToDictionary(setting => setting[0], setting => setting[^1]);
}
