using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Bench;

/// <summary>A stack of its own that is measured, and what every benchmark does with one.</summary>
internal sealed class BenchStack : IAsyncDisposable
{
    private static readonly string[] _parts =
        ["cache", "console", "evals", "gateway", "ingest", "postgres", "retrieval", "serving"];

    private BenchStack(RunningStack running) => (Running, Client) = (running, running.CreateClient());

    public RunningStack Running { get; }

    public HttpClient Client { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>With the default embedder, unless the arguments say otherwise.</summary>
    public static async Task<BenchStack> StartAsync(params string[] arguments) =>
        new(await RunningStack.StartAsync(["--Retrieval:Embedder:Kind=arctic", .. arguments], Token));

    /// <summary>Uploads texts, <paramref name="parallel"/> at a time, and returns the files' ids.</summary>
    public async Task<string[]> UploadAsync(IReadOnlyList<string> texts, string extension, int parallel)
    {
        var ids = new string[texts.Count];
        await Parallel.ForAsync(
            0,
            texts.Count,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = Token },
            async (i, token) =>
            {
                using var form = new MultipartFormDataContent
                {
                    { new StringContent("assistants"), "purpose" },
                    { new StringContent(texts[i]), "file", $"bench-{i}.{extension}" },
                };
                using var response = await Client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, token);
                ids[i] = (await ReadAsync(response)).GetProperty("id").GetString()!;
            });
        return ids;
    }

    /// <summary>Uploads a file under its own name, and returns its id.</summary>
    public async Task<string> UploadFileAsync(string path)
    {
        await using var content = File.OpenRead(path);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new StreamContent(content), "file", Path.GetFileName(path) },
        };
        using var response = await Client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, Token);
        return (await ReadAsync(response)).GetProperty("id").GetString()!;
    }

    /// <summary>Makes a store of these files and waits until all are completed.</summary>
    public async Task<string> IndexAsync(string[] files, object? chunking = null)
    {
        var store = (await PostAsync("/v1/vector_stores", new { name = "bench" })).GetProperty("id").GetString()!;
        foreach (var batch in files.Chunk(2_000))
        {
            await PostAsync($"/v1/vector_stores/{store}/file_batches",
                new { file_ids = batch, chunking_strategy = chunking ?? new { type = "auto" } });
        }

        var counts = await Eventually.ReadAsync(
            async () => (await GetAsync($"/v1/vector_stores/{store}")).GetProperty("file_counts"),
            read => read.GetProperty("in_progress").GetInt32() == 0,
            TimeSpan.FromMinutes(20));
        Assert.Equal(files.Length, counts.GetProperty("completed").GetInt32());
        return store;
    }

    /// <summary>Waits for a store's vectors, which follow its words.</summary>
    public Task EmbeddedAsync(string store) => Eventually.ReadAsync(
        async () => (await GetAsync($"/v1/vector_stores/{store}")).GetProperty("readings"),
        read => read.GetProperty("words_only").GetInt32() + read.GetProperty("sentences_follow").GetInt32() == 0,
        TimeSpan.FromMinutes(20));

    public async Task<JsonElement> PostAsync(string path, object request)
    {
        using var response = await Client.PostAsJsonAsync(path, request, Token);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), Token);
        return await ReadAsync(response);
    }

    /// <summary>The most memory that each process has had so far, in MiB (Linux: VmHWM).</summary>
    public string PeakMemory()
    {
        var rows = _parts.Where(part => Running.ProcessOf(part) is not null)
            .Select(part => string.Create(
                CultureInfo.InvariantCulture, $"| {part} | {MiB(Running.ProcessOf(part)!.Value, "VmHWM"):N0} MiB |"));
        return $"| process | peak memory |\n| --- | --- |\n{string.Join('\n', rows)}";
    }

    /// <summary>The memory that each process has now, in MiB (Linux: VmRSS).</summary>
    public IReadOnlyDictionary<string, double> ResidentMiB() => _parts
        .Where(part => Running.ProcessOf(part) is not null)
        .ToDictionary(part => part, part => MiB(Running.ProcessOf(part)!.Value, "VmRSS"));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Running.DisposeAsync();
    }

    private static double MiB(int process, string measure)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .First(text => text.StartsWith(measure, StringComparison.Ordinal));
        return double.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }
}

/// <summary>
/// Text like people's: words of the samples, in the samples' frequencies, as sentences, the same at each run.
/// </summary>
internal sealed class BenchText
{
    private readonly Random _random = new(17);
    private readonly string[] _words =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.md", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
    ];

    public string Words(int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => _words[_random.Next(_words.Length)]));

    /// <summary>About so many bytes of sentences, in paragraphs.</summary>
    public string Bytes(int count)
    {
        var text = new System.Text.StringBuilder(count + 200);
        for (var sentence = 1; text.Length < count; sentence++)
        {
            text.Append(Words(_random.Next(6, 18))).Append(sentence % 6 == 0 ? ".\n\n" : ". ");
        }

        return text.ToString(0, count);
    }
}

/// <summary>Clients that ask at the same time.</summary>
internal static class Load
{
    /// <summary>
    /// Each of <paramref name="clients"/> asks <paramref name="requests"/> times; with a pace, one request begins each
    /// so often whether or not the last has ended in time: all clients' at the same moment, or one client's after the
    /// other's.
    /// </summary>
    public static async Task<(Latencies Latencies, double PerSecond)> RunAsync(
        int clients, int requests, Func<int, Task> ask, TimeSpan pace = default, bool inTurn = false)
    {
        var started = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            var measured = new List<TimeSpan>(requests);
            await Task.Delay(inTurn ? pace * client / clients : TimeSpan.Zero, TestContext.Current.CancellationToken);
            using var timer = pace == default ? null : new PeriodicTimer(pace);
            for (var i = 0; i < requests; i++)
            {
                await (timer?.WaitForNextTickAsync(TestContext.Current.CancellationToken)
                    ?? ValueTask.FromResult(true));
                var begun = Stopwatch.GetTimestamp();
                await ask((client * requests) + i);
                measured.Add(Stopwatch.GetElapsedTime(begun));
            }

            return measured;
        }));
        return (
            new(all.SelectMany(measured => measured)),
            clients * requests / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
