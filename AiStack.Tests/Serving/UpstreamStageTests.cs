using System.Runtime.CompilerServices;
using AiStack.Serving.Engines.OpenAi;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>Whose time is counted as silence.</summary>
public sealed class UpstreamStageTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_who_takes_long_over_each_word_reads_them_all()
    {
        using var stage = Stage(new Speaker(() => Task.CompletedTask));
        var words = new List<string>();

        await foreach (var update in stage.GetStreamingResponseAsync("Hello?", cancellationToken: Token))
        {
            words.Add(update.Text);
            _time.Advance(2 * _limit);
        }

        Assert.Equal(["one", "two", "three"], words);
    }

    [Fact]
    public async Task A_server_that_takes_long_over_a_word_counts_as_silent()
    {
        using var stage = Stage(new Speaker(() =>
        {
            _time.Advance(2 * _limit);
            return Task.Delay(Timeout.Infinite, Token);
        }));

        await Assert.ThrowsAsync<UpstreamFaultException>(
            () => stage.GetStreamingResponseAsync("Hello?", cancellationToken: Token).ToChatResponseAsync(Token));
    }

    private UpstreamStage Stage(IChatClient speaker) =>
        new(speaker, new OpenAiOptions { Model = "speaker", SilenceLimit = _limit }, _time);

    /// <summary>Says three words, and does something before each.</summary>
    private sealed class Speaker(Func<Task> before) : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var word in new[] { "one", "two", "three" })
            {
                await before().WaitAsync(cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                yield return new(ChatRole.Assistant, word)
                {
                    FinishReason = word == "three" ? ChatFinishReason.Stop : null,
                };
            }
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // Nothing to let go: the interface asks.
        }
    }
}
