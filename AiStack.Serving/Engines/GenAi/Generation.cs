using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// One answer in the making: what was read and said so far, and the memory for it. One caller at a time.
/// </summary>
internal sealed class Generation : IDisposable
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly IReadOnlySet<int> _endTokens;
    private readonly Action _ended;
    private readonly GeneratorParams _parameters;
    private readonly Generator _generator;
    private readonly TokenizerStream _text;
    private readonly int? _alternatives;

    public Generation(
        Model model,
        Tokenizer tokenizer,
        ChatTemplate template,
        IReadOnlySet<int> endTokens,
        int maxTokens,
        ChatOptions? options,
        double? repetitionPenalty,
        Action ended)
    {
        (_tokenizer, _template, _endTokens, _ended) = (tokenizer, template, endTokens, ended);
        _alternatives = ModelSettings.In(options).TopLogprobs;
        _parameters = NativeRuntime.Make<GeneratorParams>(model);
        try
        {
            _parameters.SetSearchOption("max_length", maxTokens);
            Sampling.Set(_parameters, options, repetitionPenalty);
            Guidance.Of(options, template)?.Set(_parameters);
            _generator = NativeRuntime.Make<Generator>(model, _parameters);
            lock (tokenizer)
            {
                _text = tokenizer.CreateStream();
            }
        }
        catch
        {
            _generator?.Dispose();
            _parameters.Dispose();
            throw;
        }
    }

    /// <summary>How likely the last token was; null where that was not asked for.</summary>
    public TokenLogprob? Logprob { get; private set; }

    /// <summary>Reads the next part of the prompt.</summary>
    public void Read(ReadOnlySpan<int> tokens) => _generator.AppendTokens(tokens);

    /// <summary>
    /// Makes the next token. Returns the whole characters that it completes, which may be none; null at the end.
    /// </summary>
    public string? Next()
    {
        _generator.GenerateNextToken();
        var token = _generator.GetNextTokens()[0];
        Logprob = _alternatives is { } most ? TokenLogprobs.Of(_generator, token, most, Word) : null;
        if (_endTokens.Contains(token))
        {
            return null;
        }

        if (_template.Markers.TryGetValue(token, out var marker))
        {
            return marker; // The decoder leaves it out.
        }

        lock (_tokenizer)
        {
            return _text.Decode(token);
        }
    }

    private string Word(int token)
    {
        lock (_tokenizer)
        {
            return _tokenizer.Decode([token]);
        }
    }

    public void Dispose()
    {
        _text.Dispose();
        _generator.Dispose();
        _parameters.Dispose();
        _ended();
    }
}
