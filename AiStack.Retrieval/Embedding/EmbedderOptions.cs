using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Retrieval.Embedding;

/// <summary>What turns text into vectors.</summary>
internal sealed class EmbedderOptions : ISectionOptions
{
    private const int MaxPrefixLength = 1_000;

    /// <summary>The longest vectors that are kept.</summary>
    public const int MaxDimensions = 8_192;

    public static string Section => "Retrieval:Embedder";

    /// <summary>
    /// <c>arctic</c>, a small model of English sentences in this process, whose vectors follow the words;
    /// <c>onnx-embedding</c>, such a model from a folder; <c>builtin</c>, word vectors and stems, thousands of chunks
    /// a second; or <c>openai</c>: any server that speaks OpenAI's embeddings API.
    /// </summary>
    [RegularExpression(
        "arctic|onnx-embedding|builtin|openai",
        ErrorMessage = "Retrieval:Embedder:Kind must be 'arctic', 'onnx-embedding', 'builtin' or 'openai'.")]
    public string Kind { get; set; } = "arctic";

    /// <summary>
    /// Where the word vectors are kept, and the model of <c>arctic</c>; by default a folder of the user's cache, shared
    /// by all checkouts.
    /// </summary>
    public string? VectorsFolder { get; set; }

    /// <summary>
    /// For <c>builtin</c>: whether the word vectors are fetched before the service starts, where this machine does not
    /// have them. Off by default: a deployed image has what it needs.
    /// </summary>
    public bool PrepareAtStart { get; set; }

    /// <summary>
    /// For <c>onnx-embedding</c>: the model's folder, as sentence-transformers lays it out: <c>model.onnx</c> (or
    /// <c>onnx/model.onnx</c>), <c>tokenizer.json</c> (or <c>vocab.txt</c>, or <c>sentencepiece.bpe.model</c>), and
    /// what else it has. It is read once, when the service starts.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>
    /// For <c>onnx-embedding</c>: how the states of a text's pieces become its vector, <c>Mean</c> or <c>Cls</c>, where
    /// the folder has no <c>1_Pooling/config.json</c>. The default is that of sentence-transformers.
    /// </summary>
    public Pooling Pooling { get; set; } = Pooling.Mean;

    /// <summary>
    /// For <c>onnx-embedding</c>: whether the model knows other languages than English, so that its vectors count as
    /// much as words there. By default it does where its pieces are SentencePiece's, as most such models have it.
    /// </summary>
    public bool? Multilingual { get; set; }

    /// <summary>For <c>openai</c>: the server, such as <c>http://127.0.0.1:11434/v1</c>.</summary>
    public Uri? Endpoint { get; set; }

    /// <summary>For <c>openai</c>: its key, where it wants one.</summary>
    public string? ApiKey { get; set; }

    /// <summary>For <c>openai</c>: the model.</summary>
    public string? Model { get; set; }

    /// <summary>For <c>openai</c>: the length of the model's vectors.</summary>
    [Range(8, MaxDimensions)]
    public int Dimensions { get; set; } = 1_536;

    /// <summary>
    /// For <c>openai</c> and <c>onnx-embedding</c>: what goes before a query, for models that see queries and passages
    /// apart, such as <c>query: </c>. The default is nothing, as OpenAI's own models have it.
    /// </summary>
    [MaxLength(MaxPrefixLength)]
    public string QueryPrefix { get; set; } = "";

    /// <summary>
    /// For <c>openai</c> and <c>onnx-embedding</c>: what goes before a passage, such as <c>passage: </c>. Another one
    /// indexes all files again.
    /// </summary>
    [MaxLength(MaxPrefixLength)]
    public string PassagePrefix { get; set; } = "";
}
