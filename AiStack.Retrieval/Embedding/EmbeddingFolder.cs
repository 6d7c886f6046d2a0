using AiStack.Retrieval.OnnxModels;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// An embedding model's folder, as sentence-transformers lays it out: what of it is known before the model is loaded.
/// What is missing or wrong is a <see cref="ModelRefusedException"/>.
/// </summary>
/// <param name="MaxTokens">What comes later in a text is not seen.</param>
internal sealed record EmbeddingFolder(ModelFolder Folder, Pooling Pooling, int MaxTokens)
{
    private const string Modules = "modules.json";
    private const string PoolingFile = "1_Pooling/config.json";

    /// <summary>The longest text that is tried when a model is loaded, to see that it has the positions.</summary>
    private const int MaxTriedTokens = 512;

    /// <param name="pooling">For a folder that does not say how states become a vector.</param>
    public static EmbeddingFolder Open(string path, Pooling pooling)
    {
        var folder = ModelFolder.Open(path);
        if (folder.Has(Modules)
            && File.ReadAllText(folder.PathOf(Modules)).Contains(".Dense", StringComparison.Ordinal))
        {
            throw new ModelRefusedException($"{Modules} asks for a Dense layer after the model, which cannot be had");
        }

        TokenizerFolder.FileOf(folder);
        return new(folder, PoolingOf(folder) ?? pooling, folder.TokensOfText());
    }

    /// <summary>
    /// Loads it, and tries it on two texts: the highest piece that its tokenizer knows, and a text as long as the model
    /// can see.
    /// </summary>
    public LoadedFolder Load()
    {
        var tokenizer = TokenizerFolder.Read(Folder);
        var session = OnnxSession.Open(Folder, "last_hidden_state", "token_embeddings");
        try
        {
            var dimensions = DimensionsOf(session);
            var model = new EmbeddingModel(session, tokenizer, Pooling, dimensions, MaxTokens);
            model.Embed(TokenIds.OfOne([0, tokenizer.LastId]));
            var longest = Math.Min(MaxTokens, MaxTriedTokens);
            model.Embed(tokenizer.Encode(string.Concat(Enumerable.Repeat("a ", longest)), longest));
            return new(model, dimensions, tokenizer.IsMultilingual);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The same for what gives the same vectors, on whatever machine.</summary>
    public string Identity()
    {
        var files = Folder.Fingerprint(TokenizerFolder.FileOf(Folder), "tokenizer_config.json");
        return $"{Folder.Name}-{files}-{Pooling.ToString().ToLowerInvariant()}{MaxTokens}";
    }

    private int DimensionsOf(OnnxSession session)
    {
        var said = session.Run(TokenIds.OfOne([0]), (_, shape) => shape.ToArray());
        var claimed = Folder.ReadNumber("config.json", "hidden_size") ?? Folder.ReadNumber("config.json", "dim");
        return said is not [1, 1, > 0 and <= EmbedderOptions.MaxDimensions]
            ? throw session.Refused(
                $"says [{string.Join(", ", said)}] of one piece; expected is [1, 1, dimensions], "
                + $"of which at most {EmbedderOptions.MaxDimensions}")
            : claimed is { } number && number != said[2]
                ? throw session.Refused($"has {said[2]} dimensions, and config.json says {number}")
                : (int)said[2];
    }

    private static Pooling? PoolingOf(ModelFolder folder)
    {
        const string prefix = "pooling_mode_";
        var wanted = folder.ReadJson(PoolingFile)?
            .Where(mode => mode.Key.StartsWith(prefix, StringComparison.Ordinal) && mode.Value?.ToString() == "true")
            .Select(mode => mode.Key[prefix.Length..]).ToList() ?? [];
        return wanted switch
        {
            [] => null,
            ["cls_token"] => Embedding.Pooling.Cls,
            ["mean_tokens"] => Embedding.Pooling.Mean,
            _ => throw new ModelRefusedException(
                $"{PoolingFile} asks for {string.Join(" and ", wanted)}; one of cls_token and mean_tokens can be had"),
        };
    }
}

/// <summary>A model in memory, and what is known of it only there.</summary>
internal sealed record LoadedFolder(EmbeddingModel Model, int Dimensions, bool IsMultilingual);
