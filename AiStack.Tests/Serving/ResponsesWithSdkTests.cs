using AiStack.Tests.Fixtures;
using OpenAI.Responses;
using Xunit;

#pragma warning disable OPENAI001 // The SDK calls its responses client experimental.

namespace AiStack.Tests.Serving;

public sealed class ResponsesWithSdkTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private const string Text = "Holidays are for resting. Full-time employees have 27 days of paid holiday. Ask your manager first.";

    [Fact]
    public async Task An_answer_cites_the_words_that_it_is_made_of()
    {
        var passage = Found.Passage(Text, .2, .9, .1);
        serving.Retrieval.Always(Found.Search(.9, passage));
        var client = serving.Client(PostgresFixture.NewProject()).GetResponsesClient();

        ResponseResult response = await client.CreateResponseAsync(Ask("How many days of holiday?"), Cancellation);

        Assert.Equal(ResponseStatus.Completed, response.Status);
        Assert.Equal("Full-time employees have 27 days of paid holiday.", response.GetOutputText());
        var search = Assert.IsType<FileSearchCallResponseItem>(response.OutputItems[0]);
        Assert.Equal(["How many days of holiday?"], search.Queries);
        var message = Assert.IsAssignableFrom<MessageResponseItem>(response.OutputItems[1]);
        var citation = Assert.IsType<FileCitationMessageAnnotation>(Assert.Single(message.Content[0].OutputTextAnnotations));
        Assert.Equal(passage.FileId.ToString(), citation.FileId);
        Assert.Equal("leave.md", citation.Filename);
        Assert.Equal(response.GetOutputText().Length, citation.Index);
        Assert.True(response.Usage.OutputTokenCount > 5);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static CreateResponseOptions Ask(string question) => new("default", [ResponseItem.CreateUserMessageItem(question)])
    {
        Tools = { ResponseTool.CreateFileSearchTool([Found.Store.ToString()]) },
    };
}
