using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Retrieval.Rewriting;

/// <summary>
/// A model that makes queries of what people type, for searches that ask for it (<c>rewrite_query</c>): behind any
/// server that speaks OpenAI's chat completions.
/// </summary>
internal sealed class RewriterOptions : ISectionOptions
{
    public static string Section => "Retrieval:Rewriter";

    /// <summary>The server's address, <c>/v1</c> included. The default is OpenAI's own.</summary>
    public Uri Endpoint { get; set; } = new("https://api.openai.com/v1");

    /// <summary>The server's key. Servers on one's own machine mostly need none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// The model, by the server's name for it. The default is none: then queries are searched as they were asked.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>
    /// The most that it may add to a search; then the query is searched as it was asked. The default is enough for a
    /// small model on a processor, and about as long as people wait for a search.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(5);
}
