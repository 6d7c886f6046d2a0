using System.ComponentModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.FileSearch;
using AiStack.Serving.Engines;
using AiStack.Serving.Pipeline;
using AiStack.Serving.Requests;
using AiStack.Serving.Responses;

namespace AiStack.Serving.Mcp;

/// <summary>
/// The tool <c>ask</c>: an answer from the documents, with its citations. It is a response like any other: recorded,
/// counted, and there to be read by its id.
/// </summary>
internal sealed class AskStores(CreateResponse create) : ScopedTool<AskStores.Input, AskStores.Output>(
    "ask",
    "Ask documents",
    "Answers a question from the documents in one or more vector stores, and cites the words that it relies on. It "
    + "says so when the documents do not answer; nothing is made up.",
    [Scopes.ChatWrite, Scopes.VectorStoresRead])
{
    protected override async Task<Outcome<Output>> RunAsync(
        Input input, Caller caller, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(input.Question))
        {
            return RequestChecks.Invalid("'question' is missing.", "question");
        }

        var request = new ResponseRequest
        {
            Model = input.Model ?? EngineCatalog.Default,
            Input = JsonSerializer.SerializeToElement(input.Question),
            PreviousResponseId = input.PreviousResponseId,
            Tools = [new() { Type = FileSearchTool.ToolName, VectorStoreIds = input.VectorStoreIds }],
        };
        var outcome = await create.CheckAsync(request, caller, Id<Response>.New(), cancellationToken);
        if (!outcome.TryGet(out var draft, out var wrong))
        {
            return InOurWords(wrong);
        }

        var end = (ResponseEndEvent)await create.RunAsync(draft, cancellationToken).LastAsync(cancellationToken);
        return end.Fault is { } fault ? InOurWords(fault) : Read(end.Response);
    }

    protected override string Say(Output output)
    {
        var text = new StringBuilder(output.Answer);
        foreach (var (number, cited) in output.Citations.Index())
        {
            text.Append(number == 0 ? "\n\nSources:\n" : "")
                .Append(CultureInfo.InvariantCulture, $"[{number + 1}] {cited.Filename} ({cited.FileId})")
                .Append(cited.Page is { } page ? $", page {page}" : "")
                .Append(cited.Heading is { } heading ? $", {heading}" : "")
                .AppendLine(IsNew(cited.Quote, output.Answer) ? $": \"{cited.Quote}\"" : "");
        }

        return text.ToString().TrimEnd();
    }

    // An engine that quotes says the words themselves.
    private static bool IsNew(string? quote, string answer) =>
        quote is not null && !answer.Contains(quote, StringComparison.Ordinal);

    private static Output Read(ResponseObject response)
    {
        var parts = response.Output.OfType<MessageItem>().SelectMany(message => message.Content).ToList();
        var said = parts.OfType<OutputText>().Select(part => part.Text)
            .Concat(parts.OfType<RefusalPart>().Select(part => part.Refusal));
        return new(
            string.Join("\n", said),
            [.. parts.OfType<OutputText>().SelectMany(part => part.Annotations).Select(Cited.From)],
            response.Metadata.ContainsKey(AnswerMetadata.RefusedKey),
            response.Metadata.GetValueOrDefault(AnswerMetadata.ConfidenceKey),
            response.Status,
            response.Model,
            response.Id.ToString());
    }

    /// <summary>The fault as this tool calls the field.</summary>
    private static Fault InOurWords(Fault fault) => fault with
    {
        Message = fault.Message.Replace("'input'", "'question'", StringComparison.Ordinal),
    };

    internal sealed record Input(
        [property: Description("The question, as a person would ask it.")] string Question,
        [property: Description("The ids of the vector stores to answer from, as list_stores has them.")]
        IReadOnlyList<string> VectorStoreIds,
        [property: Description("The response_id of the answer before, to go on from it.")]
        string? PreviousResponseId = null,
        [property: Description("The model that answers. The default is the server's own choice.")]
        string? Model = null);

    internal sealed record Output(
        string Answer,
        [property: Description("What the answer relies on, in its order.")] IReadOnlyList<Cited> Citations,
        [property: Description("Whether the documents do not answer.")] bool Refused,
        [property: Description("How well they answer, where that is known: found, close or not_found.")]
        string? Confidence,
        [property: Description("completed, or incomplete where the answer was cut.")] string Status,
        string Model,
        [property: Description("The answer's id: give it as previous_response_id to ask on.")] string ResponseId);

    internal sealed record Cited(
        string FileId,
        string Filename,
        string VectorStoreId,
        [property: Description("The words, as they stand in the file.")] string? Quote,
        [property: Description("Where they begin in the file's text, as get_file has it.")] int Start,
        int End,
        int? Page,
        string? Heading)
    {
        public static Cited From(FileCitation citation) => new(
            citation.FileId.ToString(),
            citation.Filename,
            citation.VectorStoreId.ToString(),
            citation.Quote,
            citation.Start,
            citation.End,
            citation.Page,
            citation.Heading);
    }
}
