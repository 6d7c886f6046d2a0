using System.Numerics.Tensors;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Tests.Serving.GenAi;
using Google.Protobuf;
using DataType = Onnx.TensorProto.Types.DataType;

namespace AiStack.Tests.Retrieval.OnnxModels;

/// <summary>
/// Writes folders of small models of texts that are whole. The state of a piece is its row of a table, plus a tenth of
/// the mean of all rows, so that each state tells of all pieces; the reference does the same in plain C#.
/// </summary>
internal sealed class TinyTexts
{
    public const int Dimensions = 16;

    /// <summary>Rows of the table: a model that is asked for more fails.</summary>
    public const int Rows = 64;

    private static readonly JsonSerializerOptions _json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TinyTexts(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The table, the same at each run.</summary>
    public static float[][] Table { get; } = MakeTable();

    public static TinyTexts Write(string folder, Action<TinyGraph>? graph = null)
    {
        Directory.CreateDirectory(folder);
        var model = new TinyGraph();
        (graph ?? States)(model);
        model.Save(Path.Combine(folder, "model.onnx"));
        return new(folder);
    }

    public string PathOf(string file) => Path.Combine(Folder, file);

    public TinyTexts With(string file, object content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), content as string ?? JsonSerializer.Serialize(content, _json));
        return this;
    }

    /// <summary>Pooling as sentence-transformers writes it.</summary>
    public TinyTexts WithPooling(string mode) =>
        With("1_Pooling/config.json", new Dictionary<string, object>
        {
            ["word_embedding_dimension"] = Dimensions,
            ["pooling_mode_cls_token"] = mode == "cls_token",
            ["pooling_mode_mean_tokens"] = mode == "mean_tokens",
            ["pooling_mode_max_tokens"] = mode == "max_tokens",
        });

    /// <summary>Word pieces, numbered from 0.</summary>
    public TinyTexts WithWordPieces(params string[] pieces) =>
        With("vocab.txt", string.Join('\n', (string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. pieces]) + "\n");

    /// <summary>The same as <c>tokenizer.json</c>.</summary>
    public TinyTexts WithWordPiecesDescribed(bool lowercase, bool? stripAccents, params string[] pieces)
    {
        string[] all = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. pieces];
        object Special(string name) =>
            new { id = name, ids = new[] { Array.IndexOf(all, name) }, tokens = new[] { name } };
        return With("tokenizer.json", new
        {
            version = "1.0",
            added_tokens = Array.Empty<object>(),
            normalizer = new
            {
                type = "BertNormalizer", clean_text = true, handle_chinese_chars = true,
                strip_accents = stripAccents, lowercase,
            },
            pre_tokenizer = new { type = "BertPreTokenizer" },
            post_processor = new
            {
                type = "TemplateProcessing",
                special_tokens = new Dictionary<string, object>
                {
                    ["[CLS]"] = Special("[CLS]"), ["[SEP]"] = Special("[SEP]"),
                },
            },
            model = new
            {
                type = "WordPiece", unk_token = "[UNK]", continuing_subword_prefix = "##",
                max_input_chars_per_word = 100,
                vocab = all.Index().ToDictionary(piece => piece.Item, piece => piece.Index),
            },
        });
    }

    /// <summary>Pieces with their logarithms of likelihood, in XLM-RoBERTa's order.</summary>
    public TinyTexts WithUnigram(params (string Piece, double Score)[] pieces)
    {
        (string, double)[] all = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), .. pieces, ("<mask>", 0)];
        return With("tokenizer.json", new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(
                [.. all.Where(piece => piece.Item2 == 0).Select(one => new JsonObject { ["content"] = one.Item1 })]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁" },
            ["model"] = new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = 3,
                ["vocab"] = new JsonArray([.. all.Select(piece => (JsonNode)new JsonArray(piece.Item1, piece.Item2))]),
            },
        }.ToJsonString());
    }

    /// <summary>The same pieces as SentencePiece's own file, which numbers them from its own three on.</summary>
    public TinyTexts WithSentencePiece(params (string Piece, float Score)[] pieces)
    {
        using var file = new MemoryStream();
        using var model = new CodedOutputStream(file);
        (string, float, int)[] all =
            [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), .. pieces.Select(piece => (piece.Piece, piece.Score, 1))];
        foreach (var (text, score, type) in all)
        {
            using var bytes = new MemoryStream();
            using var piece = new CodedOutputStream(bytes);
            piece.WriteTag(1, WireFormat.WireType.LengthDelimited);
            piece.WriteString(text);
            piece.WriteTag(2, WireFormat.WireType.Fixed32);
            piece.WriteFloat(score);
            piece.WriteTag(3, WireFormat.WireType.Varint);
            piece.WriteEnum(type);
            piece.Flush();
            model.WriteTag(1, WireFormat.WireType.LengthDelimited);
            model.WriteBytes(ByteString.CopyFrom(bytes.ToArray()));
        }

        // trainer_spec.model_type: Unigram; normalizer_spec: as it is by default.
        model.WriteTag(2, WireFormat.WireType.LengthDelimited);
        model.WriteBytes(ByteString.CopyFrom(3 << 3, 1));
        model.WriteTag(3, WireFormat.WireType.LengthDelimited);
        model.WriteBytes(ByteString.Empty);
        model.Flush();
        File.WriteAllBytes(PathOf("sentencepiece.bpe.model"), file.ToArray());
        return this;
    }

    /// <summary>What the model says of these pieces, in plain C#: of length 1.</summary>
    public static float[] Vector(bool mean, params int[] ids)
    {
        var average = Mean(ids.Select(id => Table[id]));
        var states = ids.Select(id => Table[id].Select((value, i) => value + (average[i] / 10)).ToArray());
        var vector = mean ? Mean(states) : states.First();
        var length = TensorPrimitives.Norm<float>(vector);
        return [.. vector.Select(value => value / length)];
    }

    /// <summary>input_ids, attention_mask and token_type_ids to [batch, pieces, dimensions].</summary>
    public static void States(TinyGraph graph)
    {
        Inputs(graph);
        graph.Weights("table", [.. Table.SelectMany(row => row)], Rows, Dimensions);
        graph.Node("Gather", "table", "input_ids", "rows");
        graph.Node("ReduceMean", ["rows", graph.Whole("pieces_axis", 1, 1)], ["mean"], ("keepdims", 1));
        graph.Node("Mul", "mean", graph.Weights("tenth", [.1f]), "little");
        graph.Node("Add", "rows", "little", "last_hidden_state");
        graph.Output("last_hidden_state", DataType.Float, "batch", "pieces", Dimensions);
    }

    public static void Inputs(TinyGraph graph)
    {
        graph.Input("input_ids", DataType.Int64, "batch", "pieces");
        graph.Input("attention_mask", DataType.Int64, "batch", "pieces");
        graph.Input("token_type_ids", DataType.Int64, "batch", "pieces");
    }

    private static float[] Mean(IEnumerable<float[]> rows)
    {
        var all = rows.ToList();
        return [.. Enumerable.Range(0, Dimensions).Select(i => all.Average(row => row[i]))];
    }

    private static float[][] MakeTable()
    {
        var random = new Random(5);
        return
        [
            .. Enumerable.Range(0, Rows).Select(_ =>
                Enumerable.Range(0, Dimensions).Select(_ => (float)(random.NextDouble() - .5)).ToArray()),
        ];
    }
}
