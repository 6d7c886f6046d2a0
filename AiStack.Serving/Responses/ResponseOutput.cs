using System.Text;
using AiStack.Contracts;
using AiStack.Serving.Answers;
using AiStack.Serving.FileSearch;

namespace AiStack.Serving.Responses;

/// <summary>
/// Puts a response's output together, event by event, in OpenAI's order: an item is added, filled and done before the
/// next one is added.
/// </summary>
/// <param name="withResults">Whether searches tell what they found.</param>
internal sealed class ResponseOutput(bool withResults)
{
    private readonly List<OutputItem> _items = [];
    private readonly Dictionary<string, FileSearchCallItem> _searches = [];
    private OpenMessage? _message;

    /// <summary>The items that are done.</summary>
    public IReadOnlyList<OutputItem> Items => _items;

    public IEnumerable<ResponseEvent> On(AnswerEvent happened) => happened switch
    {
        SearchStarted search => Begin(search),
        SearchCompleted search => Finish(search),
        TextSaid text => Say(text.Text),
        SourceCited source => Cite(source),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "An answer's end is not output."),
    };

    /// <summary>
    /// Closes what is open. A response that says nothing has an empty message, since clients look for one.
    /// </summary>
    public IEnumerable<ResponseEvent> End(string status) =>
        GiveUpSearches()
            .Concat(_message is null && !_items.OfType<MessageItem>().Any() && status != "failed" ? Open() : [])
            .Concat(Close(status == "completed" ? status : "incomplete"));

    private IEnumerable<ResponseEvent> Begin(SearchStarted search)
    {
        foreach (var closed in Close("completed"))
        {
            yield return closed;
        }

        var item = new FileSearchCallItem(Id<FileSearchCall>.New(), "in_progress", [], null);
        _searches[search.CallId] = item with { Queries = [search.Query] };
        yield return new OutputItemEvent("response.output_item.added", _items.Count, item);
        yield return new FileSearchCallEvent("response.file_search_call.in_progress", _items.Count, item.Id);
        yield return new FileSearchCallEvent("response.file_search_call.searching", _items.Count, item.Id);
        _items.Add(item);
    }

    /// <summary>A search that never ended: what it was for failed, or its model was not let search again.</summary>
    private IEnumerable<ResponseEvent> GiveUpSearches()
    {
        for (var i = 0; i < _items.Count; i++)
        {
            if (_items[i] is FileSearchCallItem { Status: "in_progress" } call)
            {
                _items[i] = call with { Status = "incomplete" };
                yield return new OutputItemEvent("response.output_item.done", i, _items[i]);
            }
        }
    }

    private IEnumerable<ResponseEvent> Finish(SearchCompleted search)
    {
        var begun = _searches[search.CallId];
        var index = _items.FindIndex(item => item is FileSearchCallItem call && call.Id == begun.Id);
        var done = begun with
        {
            Status = "completed",
            Results = withResults ? [.. search.Found.Results.Select(FileSearchResult.From)] : null,
        };
        _items[index] = done;
        yield return new FileSearchCallEvent("response.file_search_call.completed", index, done.Id);
        yield return new OutputItemEvent("response.output_item.done", index, done);
    }

    private IEnumerable<ResponseEvent> Say(string text)
    {
        foreach (var opened in _message is null ? Open() : [])
        {
            yield return opened;
        }

        _message!.Text.Append(text);
        yield return new TextDeltaEvent(_items.Count, _message.Id, text);
    }

    private IEnumerable<ResponseEvent> Cite(SourceCited source)
    {
        foreach (var opened in _message is null ? Open() : [])
        {
            yield return opened;
        }

        // The index counts from the beginning of this message, which may not be the answer's first.
        var citation = FileCitation.From(source.Citation, _message!.Text.Length);
        _message.Annotations.Add(citation);
        yield return new AnnotationAddedEvent(_items.Count, _message.Id, _message.Annotations.Count - 1, citation);
    }

    private IEnumerable<ResponseEvent> Open()
    {
        _message = new(Id<Message>.New(), new(), []);
        yield return new OutputItemEvent(
            "response.output_item.added", _items.Count, new MessageItem(_message.Id, "in_progress", []));
        yield return new ContentPartEvent("response.content_part.added", _items.Count, _message.Id, new("", []));
    }

    private IEnumerable<ResponseEvent> Close(string status)
    {
        if (_message is null)
        {
            yield break;
        }

        var text = new OutputText(_message.Text.ToString(), [.. _message.Annotations]);
        var item = new MessageItem(_message.Id, status, [text]);
        yield return new TextDoneEvent(_items.Count, item.Id, text.Text);
        yield return new ContentPartEvent("response.content_part.done", _items.Count, item.Id, text);
        yield return new OutputItemEvent("response.output_item.done", _items.Count, item);
        _items.Add(item);
        _message = null;
    }

    private sealed record OpenMessage(Id<Message> Id, StringBuilder Text, List<FileCitation> Annotations);
}
