using AiStack.ServiceDefaults;
using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// Sentences by a model in this process, which is read at the first text, or before by <see cref="LoadAsync"/>; what
/// fails then is tried again by the next. The same text has the same vector, whatever it is embedded with.
/// </summary>
internal abstract class LocalEmbedder(EmbeddingGeneratorMetadata metadata, bool isMultilingual)
    : IEmbeddingGenerator<string, Embedding<float>>
{
    // As early as can be: other threads may read the environment.
    static LocalEmbedder() => OnnxReports.TurnOff();

    private readonly SemaphoreSlim _loading = new(1);

    /// <summary>So many texts are in work at once, whoever asks; queries do not wait for them.</summary>
    private readonly SemaphoreSlim _turns = new(Environment.ProcessorCount);

    private EmbeddingModel? _model;

    /// <summary>Whether it knows other languages than English.</summary>
    public bool IsMultilingual => isMultilingual;

    /// <summary>Reads the model, if it is not in memory.</summary>
    public async Task<EmbeddingModel> LoadAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _model) is { } loaded)
        {
            return loaded;
        }

        await _loading.WaitAsync(cancellationToken);
        try
        {
            return _model ??= await Task.Run(Load, cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var model = await LoadAsync(cancellationToken);
        if (QueryOption.IsIn(options))
        {
            // A search waits for it: it takes no turn, and milliseconds.
            return new(values.Select(query => new Embedding<float>(model.Embed(query))));
        }

        var texts = values.ToList();
        var vectors = new Embedding<float>[texts.Count];
        await Parallel.ForAsync(0, texts.Count, cancellationToken, async (i, cancellation) =>
        {
            await _turns.WaitAsync(cancellation);
            try
            {
                vectors[i] = new(model.Embed(texts[i]));
            }
            finally
            {
                _turns.Release();
            }
        });
        return new(vectors);
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata)
            ? metadata
            : serviceType?.IsInstanceOfType(this) == true ? this : null;

    public void Dispose()
    {
        _model?.Dispose();
        _loading.Dispose();
        _turns.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads the model from its files; takes seconds.</summary>
    protected abstract EmbeddingModel Load();
}
