using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.ML.Tokenizers;

namespace AiStack.Retrieval.OnnxModels;

/// <summary>
/// Pieces by their likelihood, as XLM-RoBERTa and what came of it read: multilingual E5, BGE-M3, GTE multilingual.
/// SentencePiece numbers its pieces from what is unknown on; the models have their own numbers, which are looked up.
/// </summary>
internal sealed class UnigramPieces : ITextTokenizer
{
    private const string Begin = "<s>";
    private const string End = "</s>";
    private const string Padding = "<pad>";

    /// <summary>Fields and kinds of SentencePiece's sentencepiece_model.proto.</summary>
    private const int Pieces = 1;
    private const int Trainer = 2;
    private const int KindOfModel = 3;
    private const int Unigram = 1;
    private const int Normalizer = 3;
    private const int Charsmap = 2;
    private const int Unknown = 2;
    private const int Control = 3;

    /// <summary>The normalizers whose work SentencePiece's own does.</summary>
    private static readonly string[] _normalizers = ["Precompiled", "Replace", "Strip"];

    private readonly SentencePieceTokenizer _tokenizer;
    private readonly long[] _ids;
    private readonly long _begin;
    private readonly long _end;

    private UnigramPieces(Stream model, long[] ids, long begin, long end)
    {
        _tokenizer = SentencePieceTokenizer.Create(model, addBeginningOfSentence: false, addEndOfSentence: false);
        (_ids, _begin, _end) = (ids, begin, end);
        LastId = Math.Max(ids.Max(), Math.Max(begin, end));
    }

    public long LastId { get; }

    public bool IsMultilingual => true;

    /// <summary>What <c>tokenizer.json</c> says.</summary>
    public static UnigramPieces FromDescription(JsonObject description)
    {
        var pieces = description["model"]!["vocab"]!.AsArray()
            .Select((piece, id) => new Piece(piece![0]!.GetValue<string>(), piece[1]!.GetValue<float>(), id)).ToList();
        var unknown = pieces[description["model"]!["unk_id"]!.GetValue<int>()];
        var (begin, end) = (Find(pieces, Begin), Find(pieces, End));
        var added = description["added_tokens"]?.AsArray().Select(token => token!["content"]!.GetValue<string>()) ?? [];
        var apart = added.Append(Padding).ToHashSet(StringComparer.Ordinal);

        // SentencePiece wants these three first, and in this order.
        List<Piece> ordered = [unknown, begin, end, .. pieces.Except([unknown, begin, end])];
        using var model = Write(ordered, apart, CharsmapOf(description["normalizer"]));
        return new(model, [.. ordered.Select(piece => piece.Id)], begin.Id, end.Id);
    }

    /// <summary>
    /// SentencePiece's own file, with XLM-RoBERTa's numbers: four pieces before all others, which come one later.
    /// </summary>
    public static UnigramPieces FromModel(byte[] model)
    {
        using var stream = new MemoryStream(model);
        var count = Count(model);
        return new(stream, [3, 0, 2, .. Enumerable.Range(4, Math.Max(0, count - 3)).Select(id => (long)id)], 0, 2);
    }

    public TokenIds Encode(string text, int maxTokens) =>
        TokenIds.OfOne([_begin, .. Ids(text, maxTokens - 2), _end]);

    public TokenIds EncodePair(string first, string second, int maxTokens)
    {
        long[] one = [_begin, .. Ids(first, (maxTokens / 2) - 2), _end];
        return TokenIds.OfTwo(one, [_end, .. Ids(second, maxTokens - one.Length - 2), _end]);
    }

    private List<long> Ids(string text, int maxTokens)
    {
        var ids = new List<long>();
        var beginning = Readable.Beginning(text, maxTokens);
        var spaced = string.Create(beginning.Length, beginning, (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsWhiteSpace(source[i]) ? ' ' : source[i];
            }
        });
        var isUnknown = false;
        foreach (var id in _tokenizer.EncodeToIds(spaced, addBeginningOfSentence: false, addEndOfSentence: false))
        {
            // What is unknown in a row is one piece, as the models were trained with.
            if (id != 0 || !isUnknown)
            {
                ids.Add(_ids[id]);
            }

            isUnknown = id == 0;
        }

        return ids.Count <= maxTokens ? ids : ids[..maxTokens];
    }

    private static Piece Find(List<Piece> pieces, string text) => pieces.Find(piece => piece.Text == text)
        ?? throw new ModelRefusedException($"{TokenizerFolder.Description} has no piece {text}");

    private static byte[] CharsmapOf(JsonNode? normalizer)
    {
        var steps = normalizer?["type"]?.GetValue<string>() == "Sequence"
            ? normalizer["normalizers"]!.AsArray().ToList()
            : normalizer is null ? [] : [normalizer];
        var kinds = steps.ConvertAll(step => step?["type"]?.GetValue<string>() ?? "");
        return kinds.Find(kind => !_normalizers.Contains(kind)) is { } other
            ? throw new ModelRefusedException(
                $"the normalizer '{other}' of {TokenizerFolder.Description} is none of "
                + string.Join(", ", _normalizers))
            : Convert.FromBase64String(steps.Find(step => step?["precompiled_charsmap"] is not null)?
                ["precompiled_charsmap"]!.GetValue<string>() ?? "");
    }

    private static MemoryStream Write(List<Piece> pieces, HashSet<string> apart, byte[] charsmap)
    {
        var model = new MemoryStream();
        using var output = new CodedOutputStream(model, leaveOpen: true);
        foreach (var (index, piece) in pieces.Index())
        {
            WriteMessage(output, Pieces, message =>
            {
                message.WriteTag(1, WireFormat.WireType.LengthDelimited);
                message.WriteString(piece.Text);
                message.WriteTag(2, WireFormat.WireType.Fixed32);
                message.WriteFloat(piece.Score);
                message.WriteTag(3, WireFormat.WireType.Varint);
                message.WriteEnum(index == 0 ? Unknown : index < 3 || apart.Contains(piece.Text) ? Control : 1);
            });
        }

        WriteMessage(output, Trainer, message =>
        {
            message.WriteTag(KindOfModel, WireFormat.WireType.Varint);
            message.WriteEnum(Unigram);
        });
        WriteMessage(output, Normalizer, message =>
        {
            message.WriteTag(Charsmap, WireFormat.WireType.LengthDelimited);
            message.WriteBytes(ByteString.CopyFrom(charsmap));
        });
        output.Flush();
        model.Position = 0;
        return model;
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using var message = new CodedOutputStream(bytes);
        write(message);
        message.Flush();
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes.ToArray()));
    }

    private static int Count(byte[] model)
    {
        var input = new CodedInputStream(model);
        var count = 0;
        while (input.ReadTag() is var tag and not 0)
        {
            count += WireFormat.GetTagFieldNumber(tag) == Pieces ? 1 : 0;
            input.SkipLastField();
        }

        return count;
    }

    private sealed record Piece(string Text, float Score, long Id);
}
