using System.Numerics.Tensors;
using AiStack.Retrieval.Embedding;
using AiStack.ServiceDefaults;
using Xunit;

namespace AiStack.Tests.Retrieval.Embedding;

/// <summary>The arctic embedder's files, made once in a folder of the tests' own.</summary>
public sealed class ArcticFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aistack-arctic-");

    public ArcticFolder()
    {
        Files = new(_folder.FullName, ModelPackage.BesideTheProgram(PackagedModel.Arctic));
        Embedder = new(Files);
        Prefixed = new(Embedder, ArcticEmbedder.QueryPrefix, "");
    }

    internal ModelFiles Files { get; }

    internal ArcticEmbedder Embedder { get; }

    /// <summary>The same one, with what goes before queries.</summary>
    internal PrefixStage Prefixed { get; }

    public string Path => _folder.FullName;

    public void Dispose()
    {
        Prefixed.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Sentences as vectors by the model that comes with a package.</summary>
public sealed class ArcticTests(ArcticFolder folder) : IClassFixture<ArcticFolder>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(
        "How do I get my money back?",
        "Refunds are paid within two weeks of the return of the goods.",
        "The canteen opens at eight in the morning.")]
    [InlineData(
        "car repair shop",
        "Our garage fixes automobiles of all makes.",
        "The recipe needs two eggs and some flour.")]
    [InlineData(
        "How many holidays do employees get?",
        "Staff are entitled to thirty days of paid leave each year.",
        "The server must be restarted after an upgrade.")]
    public async Task A_passage_that_means_what_is_asked_is_nearer_than_another(string query, string near, string far)
    {
        var asked = (await folder.Prefixed.GenerateAsync([query], QueryOption.Options, Cancellation))[0].Vector;

        var passages = await folder.Prefixed.GenerateAsync([near, far], cancellationToken: Cancellation);

        var cosine = TensorPrimitives.Dot(asked.Span, passages[0].Vector.Span);
        Assert.True(cosine > TensorPrimitives.Dot(asked.Span, passages[1].Vector.Span) + 0.05);
    }

    [Fact]
    public async Task Any_text_has_a_vector_of_length_one()
    {
        string[] texts =
        [
            "", "   ", "😀👍🏽🎉", "\0", "half \ud83d of a character", "\ufffe\uffff", "[SEP] [CLS]",
            new('a', 100_000), string.Concat(Enumerable.Repeat("many words. ", 10_000)),
            $"a{new string('\u0301', 50_000)}",
        ];

        var vectors = await folder.Embedder.GenerateAsync(texts, cancellationToken: Cancellation);

        Assert.All(vectors, vector => Assert.Equal(1, TensorPrimitives.Norm(vector.Vector.Span), 3));
    }

    [Fact]
    public async Task The_same_text_has_the_same_vector_alone_among_others_and_for_many_at_once()
    {
        string[] texts =
            [.. Enumerable.Range(0, 24).Select(i => string.Concat(Enumerable.Repeat($"Text {i}. ", i + 1)))];
        var alone = new List<float[]>();
        foreach (var text in texts)
        {
            var one = await folder.Embedder.GenerateAsync([text], cancellationToken: Cancellation);
            alone.Add(one[0].Vector.ToArray());
        }

        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Task.Run(() => folder.Embedder.GenerateAsync(texts, cancellationToken: Cancellation), Cancellation)));

        Assert.All(together, vectors => Assert.Equal(alone, vectors.Select(vector => vector.Vector.ToArray())));
    }

    [Fact]
    public async Task Who_goes_away_stops_the_texts_that_are_left()
    {
        await folder.Embedder.LoadAsync(Cancellation);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var hours = Enumerable.Repeat(string.Concat(Enumerable.Repeat("many words. ", 200)), 100_000);

        var embedding = folder.Embedder.GenerateAsync(hours, cancellationToken: gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => embedding);
    }

    [Fact]
    public void The_runtime_is_told_to_report_nothing_to_its_makers()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There .NET's own variables are the process's.");

        Assert.NotNull(folder.Embedder);
        Assert.True(OnnxReports.IsOff());
    }

    [Fact]
    public void Files_that_are_cut_short_are_made_again()
    {
        var (weights, vocabulary) = folder.Files.Read();
        File.WriteAllBytes(folder.Files.WeightsPath, weights[..1_000_000]);
        File.WriteAllBytes(folder.Files.VocabularyPath, []);

        var again = folder.Files.Read();

        Assert.Equal(weights, again.Weights);
        Assert.Equal(vocabulary, File.ReadAllBytes(folder.Files.VocabularyPath));
        Assert.Equal(weights.Length, new FileInfo(folder.Files.WeightsPath).Length);
        Assert.Contains("Apache License", File.ReadAllText(Path.Combine(folder.Path, "arctic-xs-LICENSE")));
    }

    [Fact]
    public void A_package_with_other_weights_is_refused_and_named()
    {
        using var other = new ArcticFolder();
        var path = Path.Combine(other.Path, "package.dll");
        File.Copy(ModelPackage.BesideTheProgram(PackagedModel.Arctic).Path, path);
        using (var file = File.OpenWrite(path))
        {
            file.Position = file.Length / 2;
            file.WriteByte(0xA5);
        }

        var failure = Assert.Throws<InvalidDataException>(
            () => new ModelFiles(other.Path, new ModelPackage(PackagedModel.Arctic, path)).Read());

        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(other.Files.WeightsPath));
    }

    [Fact]
    public async Task What_failed_once_is_tried_again()
    {
        using var other = new ArcticFolder();
        Directory.CreateDirectory(other.Files.WeightsPath); // A folder where the file should be.
        await Assert.ThrowsAnyAsync<Exception>(() => other.Embedder.LoadAsync(Cancellation));
        Directory.Delete(other.Files.WeightsPath);

        var vectors = await other.Embedder.GenerateAsync(["a text"], cancellationToken: Cancellation);

        Assert.Single(vectors);
    }
}
