using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Retrieval.Reranking;

/// <summary>A model that reads a query and a passage together; it orders the best passages.</summary>
internal sealed class RerankerOptions : ISectionOptions
{
    public static string Section => "Retrieval:Reranker";

    /// <summary>
    /// A cross-encoder's folder: <c>model.onnx</c> (or <c>onnx/model.onnx</c>), whose output is one number for a pair
    /// of texts, and its tokenizer. The default is none: search ends without it.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>How many of the best passages it reads. The default is twice what a client mostly asks for.</summary>
    [Range(1, 50)]
    public int Passages { get; set; } = 20;

    /// <summary>
    /// The most that it may add to a search; what it has not read by then keeps its place. The default is what a small
    /// model takes for all on two cores, and more than a person notices it by.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMilliseconds(500);
}
