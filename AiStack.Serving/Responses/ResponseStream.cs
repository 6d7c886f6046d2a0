using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AiStack.ServiceDefaults;
using AiStack.Serving.Answers;
using AiStack.Serving.Ledger;
using AiStack.Serving.Completions;
using AiStack.Serving.FileSearch;

namespace AiStack.Serving.Responses;

/// <summary>
/// Makes a response and tells it as OpenAI's events, the last one when its record is written.
/// </summary>
internal sealed class ResponseStream(RecordedAnswers answers, TimeProvider time)
{
    public async IAsyncEnumerable<ResponseEvent> RunAsync(
        ResponseDraft draft, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0;
        await foreach (var happened in EventsAsync(draft, cancellationToken))
        {
            yield return happened with { SequenceNumber = number++ };
        }
    }

    private async IAsyncEnumerable<ResponseEvent> EventsAsync(
        ResponseDraft draft, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var answer = new Answer(Stopwatch.GetTimestamp(), draft.Question.Engine.Price);
        var output = new ResponseOutput(draft.WithResults, draft.Ids);
        yield return new ResponseStateEvent("response.created", draft.Begin());
        yield return new ResponseStateEvent("response.in_progress", draft.Begin());
        await foreach (var happened in answers.RunAsync(
            draft.Question, answer, () => Record(draft, answer, End()), cancellationToken))
        {
            if (happened is AnswerRecorded)
            {
                var response = End();
                yield return new ResponseEndEvent($"response.{response.Status}", response) { Fault = answer.Fault };
                yield break;
            }

            foreach (var told in happened is AnswerEnded or AnswerFailed
                ? output.End(answer.Status)
                : output.On(happened))
            {
                yield return told;
            }
        }

        ResponseObject End() => draft.End(answer, output.Items, time.GetUtcNow());
    }

    private static CompletionRecord Record(ResponseDraft draft, Answer answer, ResponseObject response) => new(
        draft.Id.Value,
        draft.Caller,
        "responses",
        draft.Request.Model!,
        draft.Question.Engine,
        answer,
        FileSearchStage.Question(draft.Question.Conversation),
        draft.FileSearch?.VectorStoreIds ?? [],
        draft.CreatedAt,
        draft.Store && answer.IsWhole
            ? new(
                JsonSerializer.Serialize(draft.Input, JsonDefaults.Options),
                JsonSerializer.Serialize(response, JsonDefaults.Options))
            : null,
        draft.PreviousId?.Value,
        draft.ConversationId?.Value,
        EndUser.Of(draft.Request.SafetyIdentifier, draft.Request.User),
        draft.GoesOnWithSources);
}
