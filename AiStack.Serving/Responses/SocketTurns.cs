using System.Runtime.CompilerServices;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Serving.Answers;
using AiStack.Serving.Items;
using AiStack.Serving.Requests;

namespace AiStack.Serving.Responses;

/// <summary>Makes the responses that one connection asks for, one after the other.</summary>
internal sealed class SocketTurns(CreateResponse create)
{
    public Connection Begin(Caller caller) => new(create, caller);

    /// <summary>A connection: it knows what was said last, so that the next turn can continue it.</summary>
    internal sealed class Connection(CreateResponse create, Caller caller)
    {
        private (string Id, EarlierItems Items)? _last;

        public async IAsyncEnumerable<object> AnswerAsync(
            ResponseRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var known = request.PreviousResponseId is { } previous && _last?.Id == previous ? _last.Value.Items : null;
            // A turn that fails leaves nothing to continue: the client begins again from what it has itself.
            _last = null;
            var id = Id<Response>.New();
            var outcome = await CheckAsync(request, id, known, cancellationToken);
            if (!outcome.TryGet(out var draft, out var fault))
            {
                yield return SocketError.From(fault);
                yield break;
            }

            await foreach (var told in create.RunAsync(draft, cancellationToken))
            {
                if (told is ResponseEndEvent { Fault: null } end)
                {
                    _last = (id.ToString(), After(draft, end.Response));
                }

                yield return told;
            }
        }

        private async Task<Outcome<ResponseDraft>> CheckAsync(
            ResponseRequest request, Id<Response> id, EarlierItems? known, CancellationToken cancellationToken)
        {
            try
            {
                return request.Background == true
                    ? RequestChecks.Invalid("Over a WebSocket none is made in the background.", "background")
                    : await create.CheckAsync(request, caller, id, cancellationToken, known);
            }
            catch (Exception exception) when (AnswerFaults.Of(exception, cancellationToken) is { } fault)
            {
                return fault;
            }
        }

        private static EarlierItems After(ResponseDraft draft, ResponseObject response) => new(
            draft.Id,
            [
                .. draft.Before,
                .. draft.Input,
                .. JsonSerializer.SerializeToElement(response.Output, JsonDefaults.Options)
                    .EnumerateArray().Select(Item.From),
            ],
            draft.HasSources);
    }
}
