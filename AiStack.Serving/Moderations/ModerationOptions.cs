using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Serving.Moderations;

/// <summary>Who says whether a text is harmful.</summary>
internal sealed class ModerationOptions : ISectionOptions
{
    public static string Section => "Serving:Moderation";

    /// <summary>
    /// The server of models that is asked, by the name of its engine: <c>openai</c>, or a name of
    /// <c>Serving:Upstreams</c>. It must have OpenAI's <c>/moderations</c>. Unset: the built-in patterns.
    /// </summary>
    [StringLength(64)]
    public string? Upstream { get; set; }

    /// <summary>The server's model; unless set, the one that the request names.</summary>
    [StringLength(200)]
    public string? Model { get; set; }
}
