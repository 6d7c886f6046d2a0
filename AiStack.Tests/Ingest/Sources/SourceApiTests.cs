using System.Text.Json.Nodes;
using Xunit;

namespace AiStack.Tests.Ingest.Sources;

/// <summary>Sources as admins make, see and change them.</summary>
public sealed class SourceApiTests(SourceFixture fixture) : IClassFixture<SourceFixture>
{
    [Fact]
    public async Task A_kind_says_what_its_settings_are()
    {
        var caller = await fixture.NewCallerAsync();

        var kinds = await caller.SendAsync("GET", "/api/source-kinds");

        var folder = kinds["data"]!.AsArray().Single(kind => (string?)kind!["name"] == "folder")!;
        var path = folder["settings"]!["properties"]!["path"]!;
        Assert.Equal("The folder: its whole path, as the service sees it.", (string?)path["description"]);
        Assert.Equal("string", (string?)path["type"]);
        Assert.True((bool)folder["settings"]!["properties"]!["recursive"]!["default"]!);
        Assert.Equal(["path"], folder["settings"]!["required"]!.AsArray().Select(name => (string?)name));
    }

    [Theory]
    [InlineData("""{"kind":"place","settings":{"name":"x"},"vector_store_id":"{store}"}""", "name")]
    [InlineData("""{"name":"x","kind":"nothing","settings":{},"vector_store_id":"{store}"}""", "kind")]
    [InlineData("""{"name":"x","kind":"place","vector_store_id":"{store}"}""", "settings")]
    [InlineData("""{"name":"x","kind":"place","settings":{"nam":"x"},"vector_store_id":"{store}"}""", "settings.nam")]
    [InlineData("""{"name":"x","kind":"folder","settings":{"path":5},"vector_store_id":"{store}"}""", "settings.path")]
    [InlineData("""{"name":"x","kind":"place","settings":{"name":"x"}}""", "vector_store_id")]
    [InlineData(
        """{"name":"x","kind":"place","settings":{"name":"x"},"vector_store_id":"{store}","schedule":"often"}""",
        "schedule")]
    [InlineData(
        """{"name":"x","kind":"place","settings":{"name":"x"},"vector_store_id":"{store}","schedule":"0 0 30 2 *"}""",
        "schedule")]
    [InlineData(
        """{"name":"x","kind":"place","settings":{"name":"x"},"vector_store_id":"{store}","time_zone":"Mars/Sea"}""",
        "time_zone")]
    public async Task A_wrong_field_is_named(string body, string field)
    {
        var caller = await fixture.NewCallerAsync();

        var refused = await caller.RefusedAsync(
            "POST", "/api/sources", JsonNode.Parse(body.Replace("{store}", caller.Store, StringComparison.Ordinal)));

        Assert.Equal(field, refused.Field);
    }

    [Fact]
    public async Task Secrets_are_named_and_never_shown_and_must_come_with_other_settings()
    {
        var caller = await fixture.NewCallerAsync();
        var made = await caller.SendAsync("POST", "/api/sources", new
        {
            name = "sealed", kind = "place", settings = new { name = caller.Place.Name },
            secrets = new { password = "hunter2hunter2" }, vector_store_id = caller.Store,
        });
        var path = $"/api/sources/{made["id"]}";

        Assert.Equal("password", (string?)made["has_secrets"]![0]);
        var shown = (await caller.SendAsync("GET", path)).ToJsonString();
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        var refused = await caller.RefusedAsync("POST", path, new { settings = new { name = "elsewhere" } });
        Assert.Equal("secrets", refused.Field);
        var renamed = await caller.SendAsync("POST", path, new { name = "renamed", paused = true });
        Assert.Equal("password", (string?)renamed["has_secrets"]![0]);
        var other = await caller.SendAsync(
            "POST", path, new { settings = new { name = "elsewhere" }, secrets = new { } });
        Assert.Empty(other["has_secrets"]!.AsArray());
    }

    [Fact]
    public async Task A_schedule_has_a_next_time_until_it_is_taken_away()
    {
        var caller = await fixture.NewCallerAsync();
        var path = $"/api/sources/{caller.Source}";

        var scheduled = await caller.SendAsync(
            "POST", path, new { schedule = "0 3 * * *", time_zone = "Europe/Berlin" });
        var at = DateTimeOffset.FromUnixTimeSeconds((long)scheduled["next_run_at"]!);
        var berlin = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.Equal(new(3, 0), TimeOnly.FromDateTime(berlin.DateTime));
        var byHand = await caller.SendAsync("POST", path, JsonNode.Parse("""{"schedule":null}"""));

        Assert.Null(byHand["next_run_at"]);
    }

    [Fact]
    public async Task Names_are_a_projects_own_and_taken_once()
    {
        var caller = await fixture.NewCallerAsync();
        var other = await fixture.NewCallerAsync();
        object Body(SourceCaller of) => new
        {
            name = "wiki", kind = "place", settings = new { name = "x" }, vector_store_id = of.Store,
        };

        await caller.SendAsync("POST", "/api/sources", Body(caller));
        await other.SendAsync("POST", "/api/sources", Body(other));

        Assert.Equal(409, (await caller.RefusedAsync("POST", "/api/sources", Body(caller))).Status);
        Assert.Equal(404, (await other.RefusedAsync("POST", "/api/sources", Body(caller))).Status);
        Assert.Equal(404, (await other.RefusedAsync("GET", $"/api/sources/{caller.Source}")).Status);
        Assert.Equal(404, (await other.RefusedAsync("GET", $"/api/sources/{caller.Source}/items")).Status);
        Assert.Equal(2, (await caller.SendAsync("GET", "/api/sources"))["data"]!.AsArray().Count);
    }
}
