using System.Diagnostics;
using AiStack.Serving.Engines.GenAi;
using Xunit;

namespace AiStack.Tests.Serving.GenAi;

/// <summary>What a folder does to its process, it does to one that was started for that.</summary>
public sealed class ModelTrialTests : IDisposable
{
    /// <summary>Calls itself without end, until there is no more stack.</summary>
    public const string Deadly = "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}";

    private const string Endless =
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}"
        + "{% endfor %}{% endfor %}{% endfor %}";

    private const string Greedy = "{% for a in range(1000000000) %}{% endfor %}";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-model-");

    public ModelTrialTests() => TinyModel.WriteRandom(_folder.FullName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_folder_that_works_passes() => Trials.Usual.Run(ModelFolder.Open(_folder.FullName), Token);

    [Fact]
    public void A_folder_that_kills_the_runtime_kills_its_trial_and_is_refused_with_the_signal()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no signals on Windows.");

        Assert.Matches("the runtime ended with signal (6|11) while loading it", Refusal(Trials.Usual, Deadly));
    }

    [Fact]
    public void A_folder_that_does_not_end_is_given_up_in_time()
    {
        var trial = Trials.Usual with { TimeLimit = TimeSpan.FromSeconds(4) };

        Assert.Equal("it did not say its first word within 4 seconds", Refusal(trial, Endless));
    }

    [Fact]
    public void A_folder_that_takes_memory_without_end_is_stopped_at_the_limit()
    {
        var trial = Trials.Usual with { MemoryLimit = 1L << 30 };

        Assert.Equal("loading it takes more than 1073741824 bytes of memory", Refusal(trial, Greedy));
    }

    [Fact]
    public async Task A_trial_ends_with_the_service_that_wants_to_know()
    {
        Write(Endless);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var trying = Task.Run(() => Trials.Usual.Run(ModelFolder.Open(_folder.FullName), stopping.Token), Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }

    [Fact]
    public async Task A_trial_ends_with_the_process_that_began_it_however_that_ends()
    {
        Write(Endless);
        using var trial = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(TryModel).Assembly.Location, TryModel.Verb, _folder.FullName])
        {
            RedirectStandardInput = true,
        })!;

        trial.StandardInput.Close(); // As the system does for a process that died.

        await trial.WaitForExitAsync(Token);
        Assert.NotEqual(0, trial.ExitCode);
    }

    private string Refusal(ModelTrial trial, string template)
    {
        Write(template);
        return Assert.Throws<ModelRefusedException>(
            () => trial.Run(ModelFolder.Open(_folder.FullName), Token)).Message;
    }

    private void Write(string template) =>
        File.WriteAllText(Path.Combine(_folder.FullName, "chat_template.jinja"), template);
}
