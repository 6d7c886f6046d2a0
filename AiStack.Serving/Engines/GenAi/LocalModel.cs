using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>
/// A model in memory. It is freed once it is disposed of and its last answer has ended, which is then within a step.
/// </summary>
internal sealed class LocalModel : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CountdownEvent _uses = new(1);
    private readonly Model _model;
    private readonly Tokenizer _tokenizer;

    private LocalModel(ModelFolder folder, Model model, Tokenizer tokenizer)
    {
        Folder = folder;
        Stopping = _stopping.Token; // It can be asked when the source is gone, too.
        _model = model;
        _tokenizer = tokenizer;
        Template = new(folder, tokenizer);
    }

    public ModelFolder Folder { get; }

    public ChatTemplate Template { get; }

    /// <summary>Cancelled when the model is about to go.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>
    /// Loads the model and has it say one token: what cannot run shows now, as a <see cref="ModelRefusedException"/>,
    /// and not at the first question.
    /// </summary>
    public static LocalModel Load(ModelFolder folder)
    {
        NativeRuntime.Enter();
        Model? model = null;
        Tokenizer? tokenizer = null;
        try
        {
            model = NativeRuntime.Make<Model>(folder.Path);
            tokenizer = NativeRuntime.Make<Tokenizer>(model);
            var loaded = new LocalModel(folder, model, tokenizer);
            loaded.Try();
            return loaded;
        }
        catch (Exception exception) when (
            exception is OnnxRuntimeGenAIException or TypeInitializationException or DllNotFoundException
                or ModelRefusedException)
        {
            tokenizer?.Dispose();
            model?.Dispose();
            NativeRuntime.Leave();
            throw exception as ModelRefusedException ?? new ModelRefusedException(
                $"ONNX Runtime GenAI cannot run it: {exception.Message.ReplaceLineEndings(" ").Trim()}", exception);
        }
    }

    /// <summary>
    /// Begins an answer of at most <paramref name="maxTokens"/>, prompt included; null when it is too late.
    /// </summary>
    public Generation? Begin(int maxTokens, ChatOptions? options, double? repetitionPenalty)
    {
        if (!_uses.TryAddCount())
        {
            return null;
        }

        try
        {
            return new(_model, _tokenizer, Template, Folder.EndTokens, maxTokens, options, repetitionPenalty, Ended);
        }
        catch
        {
            Ended();
            throw;
        }
    }

    public void Dispose()
    {
        if (_uses.IsSet)
        {
            return;
        }

        _stopping.Cancel();
        _uses.Signal();
        _uses.Wait();
        _tokenizer.Dispose();
        _model.Dispose();
        NativeRuntime.Leave();
        _stopping.Dispose();
    }

    private void Ended() => _uses.Signal();

    private void Try()
    {
        var prompt = Greeting();
        if (prompt.Length >= Folder.ContextTokens)
        {
            throw new ModelRefusedException(
                $"its context of {Folder.ContextTokens} tokens is too short for a greeting");
        }

        using var generation = new Generation(
            _model, _tokenizer, Template, Folder.EndTokens, prompt.Length + 1, null, null, () => { });
        generation.Read(prompt);
        generation.Next();
    }

    private int[] Greeting()
    {
        try
        {
            return Template.Read([new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hello?")]);
        }
        catch (EngineFaultException exception)
        {
            throw new ModelRefusedException(
                $"its chat template does not take a greeting: {exception.InnerException?.Message}", exception);
        }
    }
}
