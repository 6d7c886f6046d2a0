using AiStack.Tests.Retrieval.OnnxModels;
using AiStack.Tests.Serving.GenAi;
using DataType = Onnx.TensorProto.Types.DataType;

namespace AiStack.Tests.Retrieval.Reranking;

/// <summary>
/// Writes a cross-encoder whose scores are known: the sum over the second text's pieces of what a piece is worth.
/// </summary>
internal static class TinyPairs
{
    public static TinyTexts Write(string folder, params (string Piece, float Worth)[] pieces) =>
        TinyTexts.Write(folder, graph => Sums(graph, pieces)).WithWordPieces([.. pieces.Select(piece => piece.Piece)]);

    private static void Sums(TinyGraph graph, (string Piece, float Worth)[] pieces)
    {
        TinyTexts.Inputs(graph);
        float[] worth = [0, 0, 0, 0, .. pieces.Select(piece => piece.Worth)];
        graph.Weights("worth", worth, worth.Length);
        graph.Node("Gather", "worth", "input_ids", "each");
        graph.Node("Cast", ["token_type_ids"], ["second"], ("to", (int)DataType.Float));
        graph.Node("Mul", "each", "second", "counted");
        graph.Node("ReduceSum", ["counted", graph.Whole("axis", 1, 1)], ["logits"], ("keepdims", 1));
        graph.Output("logits", DataType.Float, "batch", 1);
    }
}
