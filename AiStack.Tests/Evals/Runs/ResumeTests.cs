using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using AiStack.Contracts;
using AiStack.Evals;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Evals.Runs;

public sealed class ResumeTests(EvalsFixture fixture) : IClassFixture<EvalsFixture>
{
    private const int Items = 40;
    private const int KillAfter = 12;
    private static readonly string _signingKey = Convert.ToBase64String(new byte[32]);

    private readonly Id<Project> _project = PostgresFixture.NewProject();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Evals as a process of its own, so that it can be killed as a crash does: with nothing put in order.
    /// </summary>
    [Fact]
    public async Task Killed_in_the_middle_a_run_ends_complete_and_asks_no_finished_item_again()
    {
        var asked = new ConcurrentDictionary<string, int>();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Serving.Answer(_project, async question =>
        {
            asked.AddOrUpdate(question, 1, (_, times) => times + 1);
            if (asked.Count >= KillAfter)
            {
                reached.TrySetResult();
                await killed.Task;
            }

            return ScriptedServing.Response("Yes.", ["a.md"], ["a.md"]);
        });
        var blobs = Directory.CreateTempSubdirectory("aistack-evals-blobs-");
        var port = Ports.Free();
        var process = Start(blobs.FullName, port);
        string[] finished;
        string eval, run;
        try
        {
            using var http = Client(port);
            var caller = new EvalsCaller(http, Cancellation);
            await Eventually.ReadAsync(() => IsAliveAsync(http), until: alive => alive);
            eval = await caller.CreateEvalAsync();
            run = await CreateRunAsync(caller, eval);
            await reached.Task.WaitAsync(Eventually.Patience, Cancellation);
            finished = [.. await QuestionsAsync(caller, eval, run)];
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
            killed.SetResult();
        }

        var before = asked.ToDictionary();
        using var second = Start(blobs.FullName, port);
        try
        {
            using var http = Client(port);
            var caller = new EvalsCaller(http, Cancellation);
            await Eventually.ReadAsync(() => IsAliveAsync(http), until: alive => alive);
            var ended = await caller.WaitAsync(eval, run);

            Assert.Equal("completed", ended.GetProperty("status").GetString());
            Assert.Equal(Items, ended.GetProperty("result_counts").GetProperty("passed").GetInt32());
            Assert.InRange(finished.Length, 1, Items - 1);
            Assert.All(finished, question => Assert.Equal(before[question], asked[question]));
            Assert.Equal(Items, (await QuestionsAsync(caller, eval, run)).Distinct().Count());
        }
        finally
        {
            second.Kill();
            await second.WaitForExitAsync(Cancellation);
            process.Dispose();
            blobs.Delete(recursive: true);
        }
    }

    private Process Start(string blobs, int port) => Process.Start(
        new ProcessStartInfo("dotnet", typeof(EvalsTelemetry).Assembly.Location)
        {
            Environment =
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
                ["ConnectionStrings__aistack"] = fixture.RoleConnectionString,
                ["ConnectionStrings__blobs"] = new Uri(blobs).AbsoluteUri,
                ["Identity__SigningKey"] = _signingKey,
                ["services__serving__http__0"] = fixture.Serving.Address,
                ["Work__Lease"] = "00:00:05",
                ["Evals__Serving__AnswerTimeout"] = "00:00:04",
                ["Logging__LogLevel__Default"] = "Warning",
            },
        })!;

    private HttpClient Client(int port)
    {
        var identity = Options.Create(new IdentityOptions { SigningKey = _signingKey });
        var scopes = new HashSet<string>
        {
            Scopes.EvalsRead, Scopes.EvalsWrite, Scopes.ChatWrite, Scopes.VectorStoresRead,
        };
        var caller = new Caller(Id<Organisation>.New(), _project, Id<ApiKey>.New(), scopes);
        fixture.AddKey(caller);
        var token = new CallerTokens(identity, TimeProvider.System).Mint(caller);
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private async Task<string> CreateRunAsync(EvalsCaller caller, string eval)
    {
        var store = await fixture.CreateStoreAsync(_project, Cancellation);
        var content = Enumerable.Range(0, Items)
            .Select(i => new { item = new { question = $"Question {i}?", filename = "a.md" } });
        var request = EvalsCaller.RunRequest(store, new { type = "file_content", content });
        return await caller.CreateRunAsync(eval, request);
    }

    private static async Task<List<string>> QuestionsAsync(EvalsCaller caller, string eval, string run)
    {
        var items = await caller.GetAsync($"/v1/evals/{eval}/runs/{run}/output_items?limit=100");
        return [.. items.GetProperty("data").EnumerateArray()
            .Select(item => item.GetProperty("datasource_item").GetProperty("question").GetString()!)];
    }

    private static async Task<bool> IsAliveAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("/alive", UriKind.Relative), Cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
