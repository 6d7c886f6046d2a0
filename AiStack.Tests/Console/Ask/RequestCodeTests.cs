using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using AiStack.Console.Ask;
using AiStack.Console.Start;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.Console.Ask;

/// <summary>The code that people copy runs as it stands, and asks what was asked.</summary>
public sealed class RequestCodeTests(StackFixture stacks)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    // Everything that would end a string, a line or a quote in one of the languages.
    private const string Hostile =
        "Don't say \"no\" to C:\\temp\\new, 100 %, $HOME, `id`, ${x}, {y}, 😀, \u2028, \u202e, ''', \"\"\".\n"
        + "Second line.";

    private const string Question = "Who's \"the owner\" of the café in temp street?";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static AskSettings Settings => new()
    {
        Model = "extractive",
        Instructions = Hostile,
        Temperature = 0.7,
        TopP = 0.9,
        MaxOutputTokens = 60,
    };

    [Fact]
    public async Task The_curl_command_runs_and_answers()
    {
        var asked = await AskedAsync();

        var printed = await RunAsync("bash", ["-euo", "pipefail", "-c", asked.Code("curl")], asked);

        Assert.Contains("event: response.completed", printed, StringComparison.Ordinal);
        Assert.Contains("Mrs. O'Hara", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_TypeScript_runs_and_prints_the_answer()
    {
        var clients = Path.Combine(Repository.Root, "AiStack.Tests/Clients");
        var isInstalled = Directory.Exists(Path.Combine(clients, "node_modules/openai"));
        Assert.False(Setting.InCI && !isInstalled, "CI must have the npm clients: a skip would hide a regression.");
        Assert.SkipUnless(isInstalled, "Run npm ci in AiStack.Tests/Clients.");
        var asked = await AskedAsync();

        // A module of the folder that has the client.
        var printed = await RunAsync("node", ["--input-type=module", "-e", asked.Code("TypeScript")], asked, clients);

        Assert.Contains("O'Hara", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_CSharp_compiles_and_prints_the_answer()
    {
        var asked = await AskedAsync();
        var folder = Directory.CreateTempSubdirectory("aistack-code-");
        try
        {
            var program = await CompileAsync(folder.FullName, asked.Code("C#"));

            Assert.Contains("O'Hara", await RunAsync("dotnet", ["exec", program], asked), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_CSharp_of_the_start_page_compiles_too()
    {
        var folder = Directory.CreateTempSubdirectory("aistack-code-");
        try
        {
            var code = SnippetText.All("vs_1").Single(snippet => snippet.Language == "C#").Text;

            Assert.True(File.Exists(await CompileAsync(folder.FullName, code)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_Python_is_a_program_that_asks_the_same()
    {
        var request = AskRequest.For(Settings with { StoreId = "vs_1", ScoreThreshold = 0.1 }, Hostile);
        var code = RequestCode.In("Python", request);
        const string Client =
            """
            import json, sys, types
            class Responses:
                def create(self, **request):
                    print(json.dumps(request))
                    return []
            class OpenAI:
                responses = Responses()
            sys.modules["openai"] = types.SimpleNamespace(OpenAI=OpenAI)
            """;
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "Install Python to run the Python code.");

        var printed = await RunAsync("python3", ["-c", $"{Client}\n{code}"], asked: null);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(printed), request), printed);
    }

    [Fact]
    public void Nothing_that_cannot_be_seen_is_in_any_of_them()
    {
        foreach (var language in RequestCode.Languages)
        {
            Assert.DoesNotContain(
                RequestCode.In(language, AskRequest.For(Settings, Hostile)), letter => letter is '\u2028' or '\u202e');
        }
    }

    [Fact]
    public void A_request_says_what_was_chosen_and_leaves_out_what_was_not()
    {
        var plain = AskRequest.For(new() { StoreId = "" }, "Why?");
        var full = AskRequest.For(
            Settings with
            {
                StoreId = "vs_1",
                MaxNumResults = 3,
                ScoreThreshold = 0.25,
                Ranker = "none",
                Filters = [new("year", "gte", "2026"), new("kind", "in", "a, b"), new("", "eq", "left out")],
                MatchesAny = true,
            },
            "Why?");

        Assert.Equal("""{"model":"default","input":"Why?","stream":true}""", plain.ToJsonString());
        Assert.Equal(
            """
            {"type":"file_search","vector_store_ids":["vs_1"],"max_num_results":3,
            "ranking_options":{"ranker":"none","score_threshold":0.25},
            "filters":{"type":"or","filters":[{"type":"gte","key":"year","value":2026},
            {"type":"in","key":"kind","value":["a","b"]}]}}
            """.ReplaceLineEndings(""),
            full["tools"]![0]!.ToJsonString());
    }

    /// <summary>A question that can be asked: its store has the answer.</summary>
    private async Task<Asked> AskedAsync()
    {
        var stack = await stacks.StackAsync(Token);
        var project = await OpenAiProject.NewAsync(stack);
        var store = await project.StoreAsync(
            ("café.md", "# Café\n\nThe owner of the café in temp street is Mrs. O'Hara."));
        return new(new Uri(stack.Api, "/v1"), project.Key, store);
    }

    // With the compiler that builds this, and the libraries that these tests use themselves.
    private static async Task<string> CompileAsync(string folder, string code)
    {
        var source = Path.Combine(folder, "Program.cs");
        var program = Path.Combine(folder, "Program.dll");
        const string Usings = "global using System; global using System.Threading.Tasks;\n";
        await File.WriteAllTextAsync(Path.Combine(folder, "Usings.cs"), Usings, Token);
        await File.WriteAllTextAsync(source, code, Token);
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        var root = Path.GetFullPath(Path.Combine(runtime, "../../.."));
        var compiler = Directory.GetDirectories(Path.Combine(root, "sdk")).Order(StringComparer.Ordinal)
            .Select(sdk => Path.Combine(sdk, "Roslyn/bincore/csc.dll")).Last(File.Exists);
        string[] libraries = ["OpenAI.dll", "System.ClientModel.dll", "System.Memory.Data.dll"];
        foreach (var library in libraries)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, library), Path.Combine(folder, library));
        }

        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "AiStack.Tests.runtimeconfig.json"),
            Path.Combine(folder, "Program.runtimeconfig.json"));
        var references = Directory.GetFiles(runtime, "System*.dll")
            .Concat(Directory.GetFiles(runtime, "netstandard.dll"))
            .Concat(libraries.Select(library => Path.Combine(folder, library)))
            .Where(path => !path.EndsWith("Native.dll", StringComparison.Ordinal)).Select(path => $"-r:{path}");
        await RunAsync(
            "dotnet", ["exec", compiler, "-nologo", $"-out:{program}", .. references, source,
                Path.Combine(folder, "Usings.cs")],
            asked: null);
        return program;
    }

    private static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, Asked? asked, string? folder = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(_limit);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        start.Environment["OPENAI_BASE_URL"] = asked?.Api.ToString();
        start.Environment["OPENAI_API_KEY"] = asked?.Key;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{output}\n{await errors}");
        return output;
    }

    private sealed record Asked(Uri Api, string Key, string Store)
    {
        public string Code(string language) =>
            RequestCode.In(language, AskRequest.For(Settings with { StoreId = Store }, Question));
    }
}
