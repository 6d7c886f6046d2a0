using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace AiStack.Tests.Serving;

/// <summary>In whose name the files are read that a request names.</summary>
public sealed class AttachedFileTests(ServingFixture serving) : IClassFixture<ServingFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("group:hr", "group:hr")]
    [InlineData("", "")]
    [InlineData(null, "")] // Not all files, which a key may manage: an answer is made from it.
    public async Task They_are_read_for_those_for_whom_it_was_asked_or_as_one_for_everybody(string? asks, string reads)
    {
        string? told = null;
        await using var ingest = await ScriptedServer.StartAsync();
        ingest.Script = (context, _) =>
        {
            told = Claim(context.Request.Headers.Authorization.ToString());
            return context.Response.WriteAsJsonAsync(new { file_id = "file-1", filename = "a.md", text = "27 days." });
        };
        await using var service = serving.Start(("services:ingest:http:0", ingest.Address));
        serving.Upstream.Script = (context, _) => Upstream.SayAsync(context, "27.");
        var all = new HashSet<string> { Scopes.Admin };
        using var client = service.CreateClient(
            new Caller(Id<Organisation>.New(), PostgresFixture.NewProject(), Id<ApiKey>.New(), all)
            {
                Principals = asks?.Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet(),
            });
        var content = new object[]
        {
            new { type = "input_file", file_id = Id<StoredFile>.New().ToString() },
            new { type = "input_text", text = "How many?" },
        };

        using var answered = await client.PostAsJsonAsync(
            "/v1/responses", new { model = "openai", input = new[] { new { role = "user", content } } }, Cancellation);

        Assert.True(answered.IsSuccessStatusCode, await answered.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(reads, told);
    }

    private static string? Claim(string header)
    {
        var payload = JsonElement.Parse(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(header.Split('.')[1])));
        return payload.TryGetProperty("principals", out var claim) ? claim.GetString() : null;
    }
}
