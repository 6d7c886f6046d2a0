using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>The dashboard's own commands of ours, which the Aspire CLI runs by the same names.</summary>
public sealed partial class CommandTests(StackFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Make_a_key_gives_a_key_that_may_ask_and_search_and_not_make_keys()
    {
        var stack = await fixture.StackAsync(Token);

        var made = await stack.CommandAsync("gateway", "make-key", Token);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Forbidden),
            (await StatusAsync("/v1/models"), await StatusAsync("/api/keys")));

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var client = new HttpClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.Data?.Value);
            using var response = await client.GetAsync(new Uri(stack.Api, path), Token);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Load_samples_says_what_it_loaded_and_loads_nothing_twice()
    {
        var stack = await fixture.StackAsync(Token);

        var first = await stack.CommandAsync("gateway", "load-samples", Token);
        var second = await stack.CommandAsync("gateway", "load-samples", Token);

        Assert.Contains(" documents completed, 0 failed, 0 in progress", first.Message, StringComparison.Ordinal);
        Assert.Equal(StoreOf(first.Message), StoreOf(second.Message));
    }

    [Fact]
    public async Task Back_up_writes_a_dump_that_pg_restore_reads()
    {
        var stack = await fixture.StackAsync(Token);

        var done = await stack.CommandAsync("postgres", "back-up", Token);

        var file = Assert.Single(Directory.GetFiles(Path.Combine(stack.DataFolder, "backups")));
        Assert.Contains(file, done.Message, StringComparison.Ordinal);
        Assert.Equal("PGDMP", await StartOfAsync(file));
    }

    private static string StoreOf(string? message) => Store().Match(message ?? "").Value;

    private static async Task<string> StartOfAsync(string file)
    {
        await using var dump = File.OpenRead(file);
        var start = new byte[5];
        await dump.ReadExactlyAsync(start, Token);
        return System.Text.Encoding.ASCII.GetString(start);
    }

    [GeneratedRegex("vs_[0-9a-f]+")]
    private static partial Regex Store();
}
