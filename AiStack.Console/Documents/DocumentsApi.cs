using AiStack.Console.Gateway;
using AiStack.Contracts;

namespace AiStack.Console.Documents;

/// <summary>The text of a file, which citations point into.</summary>
internal sealed class DocumentsApi(GatewayClient gateway)
{
    public Task<Outcome<DocumentText>> GetTextAsync(string fileId, CancellationToken cancellationToken) =>
        gateway.GetAsync<DocumentText>($"/api/files/{Uri.EscapeDataString(fileId)}/text", cancellationToken);
}

/// <summary>A file's text, and where its pages and headings begin in it, in UTF-16 code units.</summary>
public sealed record DocumentText(string FileId, string Filename, string Text, IReadOnlyList<Anchor>? Anchors);

/// <summary>Where a page or a section begins.</summary>
public sealed record Anchor(int Start, int? Page, string? Heading)
{
    /// <summary>"Page 3 · Leave".</summary>
    public static string? Title(int? page, string? heading) => (page, heading) switch
    {
        (null, null or "") => null,
        (null, _) => heading,
        (_, null or "") => $"Page {page}",
        _ => $"Page {page} · {heading}",
    };
}
