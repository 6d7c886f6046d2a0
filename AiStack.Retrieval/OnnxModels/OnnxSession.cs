using AiStack.ServiceDefaults;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace AiStack.Retrieval.OnnxModels;

/// <summary>What becomes of a model's output, which is gone afterwards.</summary>
internal delegate T ReadOutput<out T>(ReadOnlySpan<float> values, ReadOnlySpan<long> shape);

/// <summary>
/// A model of texts in memory, for as many callers at once as there are. A text is a run of its own, on its caller's
/// thread: what is rounded at run time is scaled by the largest number of the run, so that in a batch what is said of a
/// text would depend on the others.
/// </summary>
internal sealed class OnnxSession : IDisposable
{
    private const string Ids = "input_ids";
    private const string Mask = "attention_mask";
    private const string Types = "token_type_ids";
    private static readonly string[] _known = [Ids, Mask, Types];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string _file;
    private readonly string[] _inputs;
    private readonly string[] _output;

    /// <summary>Runs read; the end writes: native memory that is let go below a run ends the process.</summary>
    private readonly ReaderWriterLockSlim _use = new();
    private bool _isDisposed;

    private OnnxSession(InferenceSession session, string file, string[] outputs)
    {
        (_session, _file) = (session, file);
        _inputs = [.. session.InputNames];
        _output = [outputs.FirstOrDefault(session.OutputNames.Contains) ?? session.OutputNames[0]];
    }

    /// <summary>A model that was tried before.</summary>
    public static OnnxSession Of(byte[] weights)
    {
        OnnxReports.TurnOff();
        using var options = Options();
        return new(new InferenceSession(weights, options), "the model", []);
    }

    /// <summary>
    /// Loads the folder's model; one that cannot be loaded, or that asks or says what no model of texts does, is a
    /// <see cref="ModelRefusedException"/>.
    /// </summary>
    /// <param name="outputs">The names that its output may have, the best first; else it is the first.</param>
    public static OnnxSession Open(ModelFolder folder, params string[] outputs)
    {
        OnnxReports.TurnOff();
        using var options = Options();
        InferenceSession session;
        try
        {
            session = new InferenceSession(folder.PathOf(folder.Model), options);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or IOException)
        {
            throw new ModelRefusedException($"{folder.Model} cannot be loaded: {exception.Message}", exception);
        }

        var opened = new OnnxSession(session, folder.Model, outputs);
        if (opened.Complaint() is { } complaint)
        {
            opened.Dispose();
            throw new ModelRefusedException($"{folder.Model} {complaint}");
        }

        return opened;
    }

    /// <summary>Runs the model on one text, or on one pair of them. Cancelled, it ends within the run.</summary>
    public T Run<T>(TokenIds tokens, ReadOutput<T> read, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _use.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return RunLocked(tokens, read, cancellationToken);
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

    /// <summary>A refusal of what the model said.</summary>
    public ModelRefusedException Refused(string complaint) => new($"{_file} {complaint}");

    public void Dispose()
    {
        _use.EnterWriteLock();
        try
        {
            _isDisposed = true;
            _run.Dispose();
            _session.Dispose();
        }
        finally
        {
            _use.ExitWriteLock();
        }
    }

    private static SessionOptions Options()
    {
        var options = new SessionOptions
        {
            // Texts go side by side, not the parts of one.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            // Texts have all lengths: plans of memory for each would add up.
            EnableMemoryPattern = false,
            // What fails is thrown; that a run was ended is no error.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    private string? Complaint()
    {
        var inputs = _session.InputMetadata;
        if (inputs.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
        {
            return $"wants '{unknown}'; what it can get is {string.Join(", ", _known)}";
        }

        if (inputs.FirstOrDefault(input => input.Value.ElementType != typeof(long)) is { Key: { } name, Value: var of })
        {
            return $"wants '{name}' as {of.ElementType?.Name}; it can get Int64 only";
        }

        var output = _session.OutputMetadata[_output[0]];
        return !inputs.ContainsKey(Ids)
            ? $"has no input '{Ids}'"
            : output.ElementType == typeof(float)
                ? null
                : $"says '{_output[0]}' as {output.ElementType?.Name}; Single only can be read";
    }

    private T RunLocked<T>(TokenIds tokens, ReadOutput<T> read, CancellationToken cancellationToken)
    {
        var mask = new long[tokens.Ids.Length];
        Array.Fill(mask, 1);
        long[] shape = [1, tokens.Ids.Length];
        using var ids = Tensor(tokens.Ids, shape);
        using var seen = Tensor(mask, shape);
        using var types = Tensor(tokens.Types, shape);
        var given = Array.ConvertAll(_inputs, name => name switch { Ids => ids, Mask => seen, _ => types });
        using var own = cancellationToken.CanBeCanceled ? new RunOptions() : null;
        using var ending = own is null ? default : cancellationToken.Register(() => own.Terminate = true);
        try
        {
            using var said = _session.Run(own ?? _run, _inputs, given, _output);
            return read(said[0].GetTensorDataAsSpan<float>(), said[0].GetTensorTypeAndShape().Shape);
        }
        catch (OnnxRuntimeException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ModelRefusedException(
                $"{_file} fails on {tokens.Ids.Length} pieces: {exception.Message}", exception);
        }
    }

    private static OrtValue Tensor(long[] values, long[] shape) =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.AsMemory(), shape);
}
