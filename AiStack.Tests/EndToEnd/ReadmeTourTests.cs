using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AiStack.Tests.Fixtures;
using Xunit;

namespace AiStack.Tests.EndToEnd;

/// <summary>README's tour, typed as it stands into a shell.</summary>
public sealed partial class ReadmeTourTests(StackFixture fixture)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tour_answers_what_the_document_says_and_refuses_what_it_or_a_budget_does_not()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Token);
        var script = TourScript().Match(readme).Groups["script"].Value;
        Assert.NotEmpty(script);

        var printed = await TypeAsync(script, await fixture.StackAsync(Token));

        var answers = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(11, answers.Length);
        Assert.Contains("27 days", Text(answers[0]), StringComparison.Ordinal);
        Assert.NotEmpty(Annotations(answers[0]));
        Assert.Empty(Annotations(answers[1]));
        Assert.Equal("completed", answers[3].GetProperty("status").GetString());
        Assert.Equal("insufficient_quota", answers[4].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("rollback", answers[9].GetProperty("kind").GetString());
        Assert.Equal("tour@1", answers[10].GetProperty("model").GetString());
    }

    [Fact]
    public async Task The_tour_of_the_data_goes_from_a_folder_to_a_receipt()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Token);
        var ask = TourScript().Match(readme).Groups["script"].Value.Split('\n')[0];
        var script = DataTourScript().Match(readme).Groups["script"].Value;
        Assert.NotEmpty(script);

        var printed = await TypeAsync($"{ask}\n{script}", await fixture.StackAsync(Token));

        Assert.Contains("8 characters", printed, StringComparison.Ordinal);
        Assert.Contains("my name is PERSON_", printed, StringComparison.Ordinal);
        Assert.Contains("\"start_byte\"", printed, StringComparison.Ordinal);
        Assert.Contains("\"vector_store.rollback\"", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Vestergaard", printed, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"jws\"", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csharp", "ask.cs", "dotnet run ask.cs")]
    [InlineData("js", "ask.mjs", "node ask.mjs")]
    public async Task The_clients_programs_print_the_answer_as_they_stand(string language, string file, string command)
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Token);
        var tour = TourScript().Match(readme).Groups["script"].Value;
        var program = Regex.Match(
            readme, $"^```{language}\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline);
        var folder = Directory.CreateTempSubdirectory("readme-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, file), program.Groups[1].Value, Token);
            var modules = Path.Combine(Repository.Root, "AiStack.Tests/Clients/node_modules");
            Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), modules);

            var printed = await TypeAsync(
                $"{tour}\ncd {folder}\n{command}\n", await fixture.StackAsync(Token));

            // The tour before prints JSON.
            Assert.Contains(printed.Split('\n'), line =>
                line.Contains("27 days", StringComparison.Ordinal) && !line.StartsWith('{'));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_tools_of_assistants_are_called_by_hand_as_their_page_says()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/mcp.md"), Token);
        var command = FirstScript().Match(page).Groups["script"].Value;
        Assert.NotEmpty(command);

        var printed = await TypeAsync(command, await fixture.StackAsync(Token));

        Assert.Contains("\"structuredContent\":{\"stores\":", printed, StringComparison.Ordinal);
    }

    private static async Task<string> TypeAsync(string script, RunningStack stack)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(_limit);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-s"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["OPENAI_BASE_URL"] = $"{stack.Api}v1", ["OPENAI_API_KEY"] = stack.Key },
        })!;
        try
        {
            var output = shell.StandardOutput.ReadToEndAsync(limit.Token);

            // Each answer is one line of JSON without an end of line of its own.
            await shell.StandardInput.WriteAsync(script.Replace("}\"\n", "}\"; echo\n", StringComparison.Ordinal));
            shell.StandardInput.Close();
            await shell.WaitForExitAsync(limit.Token);
            Assert.Equal(0, shell.ExitCode);
            return await output;
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }

    private static string Text(JsonElement response) => Message(response).GetProperty("text").GetString()!;

    private static JsonElement.ArrayEnumerator Annotations(JsonElement response) =>
        Message(response).GetProperty("annotations").EnumerateArray();

    private static JsonElement Message(JsonElement response) => response.GetProperty("output").EnumerateArray()
        .Single(item => item.GetProperty("type").GetString() == "message").GetProperty("content")[0];

    [GeneratedRegex(@"^## A tour.*?^```bash\n(?<script>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex TourScript();

    [GeneratedRegex(
        @"^## A tour of the data$.*?^```bash\n(?<script>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex DataTourScript();

    [GeneratedRegex(@"^```bash\n(?<script>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FirstScript();
}
