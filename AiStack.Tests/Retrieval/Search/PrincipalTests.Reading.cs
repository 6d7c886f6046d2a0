using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Retrieval.Search;

/// <summary>What is read of files by their ids, and by whom.</summary>
public sealed partial class PrincipalTests
{
    [Fact]
    public async Task A_files_report_names_no_hidden_copy()
    {
        var (admin, store) = await StoreAsync(_canteen, ("copy.md", _canteen.Item2));
        await SetAsync(admin, store, "copy.md", Hr);
        var report = new Uri($"/api/files/{await FileAsync(admin, store, "canteen.md")}/report", UriKind.Relative);

        foreach (var (caller, count) in new[]
        {
            (fixture.CallerFor(admin.Project, [Ann]), 0), (fixture.CallerFor(admin.Project, [Hr]), 1), (admin, 1),
        })
        {
            var found = await caller.Ingest.GetFromJsonAsync<JsonElement>(report, Cancellation);
            Assert.Equal(count, found.GetProperty("duplicates").GetArrayLength());
        }
    }

    [Fact]
    public async Task Of_a_hidden_file_the_same_is_said_as_of_one_that_never_was()
    {
        var (admin, store) = await StoreAsync(_bonus);
        await SetAsync(admin, store, "bonus.md", Hr);
        var (hidden, unknown) = (await FileAsync(admin, store, "bonus.md"), Id<StoredFile>.New().ToString());
        var ann = fixture.CallerFor(admin.Project, [Ann]);

        foreach (var path in new[]
        {
            "/v1/files/{0}", "/v1/files/{0}/content", "/api/files/{0}/text", "/api/files/{0}/report",
            "/api/files/{0}/origin?start=0&end=1",
        })
        {
            Assert.Equal(await SaidAsync(path, unknown), await SaidAsync(path, hidden));
        }

        async Task<string> SaidAsync(string path, string id)
        {
            using var response = await ann.Ingest.GetAsync(
                new Uri(path.Replace("{0}", id, StringComparison.Ordinal), UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            var said = body.TryGetProperty("error", out var error) ? error.ToString()
                : $"{body.GetProperty("title")} {body.GetProperty("detail")}";
            return said.Replace(id, "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_of_ones_own_is_worth_nothing()
    {
        var all = new HashSet<string> { Scopes.Admin };
        var caller = new Caller(Id<Organisation>.New(), PostgresFixture.NewProject(), Id<ApiKey>.New(), all)
        {
            Principals = new HashSet<string> { Hr },
        };
        var good = fixture.Retrieval.Services.GetRequiredService<CallerTokens>().Mint(caller);
        var unsigned = $"{WebEncoders.Base64UrlEncode("""{"alg":"none","typ":"JWT"}"""u8)}.{good.Split('.')[1]}.";
        var options = Options.Create(new IdentityOptions { SigningKey = Convert.ToBase64String([.. new byte[31], 1]) });
        var byAnother = new CallerTokens(options, TimeProvider.System).Mint(caller);

        foreach (var (token, status) in new[]
        {
            (good, HttpStatusCode.OK),
            (unsigned, HttpStatusCode.Unauthorized),
            (byAnother, HttpStatusCode.Unauthorized),
        })
        {
            using var client = fixture.Retrieval.CreateClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            Assert.Equal(status, await StatusAsync(client, "/v1/vector_stores"));
        }
    }
}
