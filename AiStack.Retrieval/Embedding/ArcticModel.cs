using System.Numerics.Tensors;
using System.Text;
using FastBertTokenizer;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// snowflake-arctic-embed-xs in memory, for as many callers at once as there are. A text is a run of its own: what is
/// rounded at run time is scaled by the largest number of the run, so that in a batch the vector of a text would depend
/// on the others.
/// </summary>
internal sealed class ArcticModel : IDisposable
{
    public const int Dimensions = 384;

    /// <summary>What comes later in a text is not seen: the model has no more positions.</summary>
    public const int MaxTokens = 512;

    /// <summary>More than enough for 512 tokens, and not a book.</summary>
    private const int MaxCharacters = 32 * MaxTokens;

    private readonly InferenceSession _session;
    private readonly BertTokenizer _tokenizer = new();
    private readonly RunOptions _run = new();

    /// <summary>Runs read; the end writes: native memory that is let go below a run ends the process.</summary>
    private readonly ReaderWriterLockSlim _use = new();
    private bool _isDisposed;

    public ArcticModel(byte[] weights, byte[] vocabulary)
    {
        using var options = new SessionOptions
        {
            // A run stays on its caller's thread: texts go side by side, not the parts of one.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            // Texts have all lengths: plans of memory for each would add up.
            EnableMemoryPattern = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new InferenceSession(weights, options);
        using var reader = new StreamReader(new MemoryStream(vocabulary));
        _tokenizer.LoadVocabulary(reader, convertInputToLowercase: true);
    }

    /// <summary>The text's vector, of length 1.</summary>
    public float[] Embed(string text)
    {
        _use.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return Normalised(Run(text));
        }
        finally
        {
            _use.ExitReadLock();
        }
    }

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

    private float[] Run(string text)
    {
        var (tokens, mask, types) = (new long[MaxTokens], new long[MaxTokens], new long[MaxTokens]);
        var count = _tokenizer.Encode(Readable(text), tokens, mask, types);
        long[] shape = [1, count];
        using var inputTokens = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, tokens.AsMemory(0, count), shape);
        using var inputMask = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, mask.AsMemory(0, count), shape);
        using var inputTypes = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, types.AsMemory(0, count), shape);
        using var states = _session.Run(
            _run,
            ["input_ids", "attention_mask", "token_type_ids"],
            [inputTokens, inputMask, inputTypes],
            [_session.OutputNames[0]]);

        // The state of the first token, [CLS], stands for the text.
        return states[0].GetTensorDataAsSpan<float>()[..Dimensions].ToArray();
    }

    private static float[] Normalised(float[] vector)
    {
        var length = TensorPrimitives.Norm<float>(vector);
        if (float.IsFinite(length) && length > 0)
        {
            TensorPrimitives.Divide(vector, length, vector);
            return vector;
        }

        // Never seen; but what has no direction has no cosine.
        Array.Clear(vector);
        vector[0] = 1;
        return vector;
    }

    /// <summary>The beginning, with U+FFFD for halves of characters, which the tokenizer cannot normalise.</summary>
    private static string Readable(string text)
    {
        var beginning = text.Length <= MaxCharacters ? text : text[..MaxCharacters];
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(beginning));
    }
}
