using System.Text.Json;
using AiStack.Contracts;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AiStack.Tests.Retrieval.Privacy;

/// <summary>A store gives the values of its documents stand-ins.</summary>
public sealed partial class StorePrivacyTests
{
    private const string Letter = "Dear Marta Kowalska, your bicycle is ready.";

    private static readonly object _everything = new { @default = "pseudonymise" };

    [Fact]
    public async Task A_person_has_one_stand_in_in_all_documents_and_stores_and_another_in_another_project()
    {
        var (caller, other) = (fixture.NewCaller(), fixture.NewCaller());
        var (one, two) = (
            await StoreAsync(caller, await caller.UploadAsync("note.txt", Note)),
            await StoreAsync(caller, await caller.UploadAsync("letter.txt", Letter)));
        var elsewhere = await StoreAsync(other, await other.UploadAsync("letter.txt", Letter));

        await SetAsync(caller, one, new { kinds = new { person = "pseudonymise", email = "pseudonymise" } });
        await SetAsync(caller, two, _everything);
        await SetAsync(other, elsewhere, _everything);

        var (name, mail) = (StandIn(caller, "person", "Marta Kowalska"), StandIn(caller, "email", "marta@example.com"));
        Assert.Equal(
            $"Ask {name}, {mail}, about bicycles. Bicycles are serviced in April.", await OnlyTextAsync(caller, one));
        Assert.Equal($"Dear {name}, your bicycle is ready.", await OnlyTextAsync(caller, two));
        var others = await OnlyTextAsync(other, elsewhere);
        Assert.Equal($"Dear {StandIn(other, "person", "Marta Kowalska")}, your bicycle is ready.", others);
        Assert.DoesNotContain(name, others, StringComparison.Ordinal);
        Assert.Equal((14, 17), (name.Length, mail.Length));
    }

    [Fact]
    public async Task A_passage_is_found_by_the_stand_in_and_nothing_by_the_name()
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(
            caller, await caller.UploadAsync("a.txt", Letter),
            await caller.UploadAsync("b.txt", "Dear Ingrid Svensson, your skis are ready."));

        await SetAsync(caller, store, _everything);
        var name = StandIn(caller, "person", "Marta Kowalska");
        await Eventually.TrueAsync(
            async () => await KeptAsync(store) == 2 && (await Bm25Async(caller, store, "Kowalska")).Bm25 == 0,
            Cancellation);

        var asked = await Bm25Async(caller, store, $"what did {name} order");
        Assert.Contains(name, asked.Text, StringComparison.Ordinal);
        Assert.True(asked.Bm25 > 0);
        Assert.Equal(0, (await Bm25Async(caller, store, "Marta")).Bm25);
        Assert.Contains(
            name, (await Bm25Async(caller, store, name["PERSON_".Length..].ToLowerInvariant())).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_places_of_a_passage_stay_true()
    {
        var caller = fixture.NewCaller();
        var file = await caller.UploadAsync("note.txt", Note);
        var store = await StoreAsync(caller, file);
        await SetAsync(caller, store, _everything);

        var found = Assert.Single(
            await caller.SearchAsync(store, new { query = "bicycles in April", include = new[] { "best_sentence" } }));
        var best = found.GetProperty("best_sentence");
        var (start, end) = (best.GetProperty("start").GetInt32(), best.GetProperty("end").GetInt32());
        using var raw = await caller.Ingest.GetAsync(
            new Uri($"/api/files/{file}/text", UriKind.Relative), Cancellation);
        var text = JsonElement.Parse(await raw.Content.ReadAsStringAsync(Cancellation))
            .GetProperty("text").GetString()!;

        Assert.Equal((0, Note.Length), (found.GetProperty("start").GetInt32(), found.GetProperty("end").GetInt32()));
        Assert.Equal("Bicycles are serviced in April.", text[start..end].Trim());
    }

    [Theory]
    [InlineData("mask")]
    [InlineData("pseudonymise")]
    public async Task Names_of_files_are_covered_wherever_the_store_gives_them(string action)
    {
        var caller = fixture.NewCaller();
        var file = await caller.UploadAsync("Marta_Kowalska_CV.txt", Letter);
        var store = await StoreAsync(caller, file);

        await SetAsync(caller, store, new { @default = action });

        var shown = action == "mask" ? "[PERSON]      " : StandIn(caller, "person", "Marta Kowalska");
        var found = Assert.Single(await caller.SearchAsync(store, new { query = "bicycle" }));
        var inner = await caller.PostAsync(
            "/internal/search", new { query = "bicycle", vector_store_ids = new[] { store } });
        string?[] names =
        [
            found.GetProperty("filename").GetString(),
            inner.GetProperty("results")[0].GetProperty("filename").GetString(),
            (await caller.GetAsync($"/v1/vector_stores/{store}/files"))
                .GetProperty("data")[0].GetProperty("filename").GetString(),
            (await caller.GetAsync($"/v1/vector_stores/{store}/files/{file}")).GetProperty("filename").GetString(),
        ];

        Assert.All(names, name => Assert.Equal($"{shown}_CV.txt", name));
    }

    [Fact]
    public async Task What_is_kept_of_a_person_goes_with_the_last_file_that_tells_of_them()
    {
        var caller = fixture.NewCaller();
        var one = await caller.UploadAsync("a.txt", Letter);
        var two = await caller.UploadAsync("b.txt", $"{Letter} Soon.");
        var store = await StoreAsync(caller, one, two);
        await SetAsync(caller, store, _everything);
        await Eventually.TrueAsync(async () => await KeptAsync(store) == 2, Cancellation);
        var name = StandIn(caller, "person", "Marta Kowalska");

        await caller.DeleteFileAsync(one);
        await Eventually.TrueAsync(async () => await KeptAsync(store) == 1, Cancellation);
        Assert.Equal("Marta Kowalska", Assert.Single(await RevealAsync(caller, name)));
        await caller.DeleteFileAsync(two);
        Assert.Empty(await RevealAsync(caller, name));
        await Eventually.TrueAsync(async () => await KeptAsync(store) == 0, Cancellation);
    }

    [Fact]
    public async Task A_value_is_forgotten_in_all_stores_however_it_is_written()
    {
        var (caller, other) = (fixture.NewCaller(), fixture.NewCaller());
        List<string> stores = [];
        foreach (var each in new[] { caller, caller, other })
        {
            stores.Add(await StoreAsync(each, await each.UploadAsync("note.txt", Note)));
            await SetAsync(each, stores[^1], _everything);
        }

        await Eventually.TrueAsync(
            async () => await KeptAsync(stores[0]) + await KeptAsync(stores[1]) + await KeptAsync(stores[2]) == 6,
            Cancellation);
        await using (var connection = await fixture.Retrieval.Services.GetRequiredService<NpgsqlDataSource>()
            .OpenForAsync(caller.Project, Cancellation))
        {
            var gone = await PseudonymRows.ForgetAsync(
                connection, Keys.Of(caller.Project), "person", "marta   KOWALSKA", Cancellation);
            Assert.Equal(StandIn(caller, "person", "Marta Kowalska"), Assert.Single(gone));
        }

        Assert.Equal(
            (1, 1, 2), (await KeptAsync(stores[0]), await KeptAsync(stores[1]), await KeptAsync(stores[2])));
    }

    [Fact]
    public async Task Ten_thousand_names_in_a_file_and_two_indexers_with_the_same_people()
    {
        var caller = fixture.NewCaller();
        await using var replica = fixture.StartRetrieval();
        _ = replica.Services;
        string[] given = ["Anna", "Maria", "Peter", "Thomas", "Sofia", "Lukas", "Julia", "Martin", "Laura", "Jonas"];
        var families = await File.ReadAllLinesAsync(
            Path.Combine(Repository.Root, "AiStack.TextAnalysis/Recognisers/People/family-names.txt"), Cancellation);
        var names = families.Where(name => name.Length > 5).Take(1_000)
            .SelectMany(family => given.Select(first => $"{first} {char.ToUpperInvariant(family[0])}{family[1..]}"));
        var store = (await caller.PostAsync("/v1/vector_stores", new { name = "all" })).GetProperty("id").GetString()!;
        await SetAsync(caller, store, _everything);

        var all = await caller.UploadAsync("all.txt", string.Join("\n", names.Select(name => $"Dear {name}, hello.")));
        var some = new List<string> { all };
        for (var i = 0; i < 8; i++)
        {
            some.Add(await caller.UploadAsync($"{i}.txt", $"{Letter} {i}"));
        }

        await caller.PostAsync($"/v1/vector_stores/{store}/file_batches", new { file_ids = some });
        await caller.CompletedAsync(store);

        Assert.InRange(await KeptAsync(store), 9_000, 11_000);
        var name = StandIn(caller, "person", "Marta Kowalska");
        Assert.Equal("Marta Kowalska", Assert.Single(await RevealAsync(caller, name)));
        foreach (var retrieval in new[] { fixture.Retrieval, replica })
        {
            Assert.Contains(
                await fixture.NewCaller(retrieval, caller.Project).SearchAsync(store, new { query = name }),
                found => Text(found).StartsWith($"Dear {name}, your bicycle", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task With_another_secret_masks_stand_there_and_nothing_can_be_revealed()
    {
        var caller = fixture.NewCaller();
        var store = await StoreAsync(caller, await caller.UploadAsync("letter.txt", Letter));
        await SetAsync(caller, store, _everything);
        await Eventually.TrueAsync(async () => await KeptAsync(store) == 1, Cancellation);
        await using var changed = fixture.StartRetrieval(
            ("Identity:SigningKey", Convert.ToBase64String([.. Enumerable.Repeat((byte)9, 32)])));
        var later = fixture.NewCaller(changed, caller.Project);

        Assert.Equal("Dear [PERSON]      , your bicycle is ready.", await OnlyTextAsync(later, store));
        var policy = await later.GetAsync($"/api/vector_stores/{store}/privacy");
        Assert.True(policy.GetProperty("key_changed").GetBoolean());
        using var revealer = changed.CreateClient(caller.Project, Reveals);
        var (status, said) = await RevealAsync(
            revealer, new { stand_ins = new[] { StandIn(caller, "person", "Marta Kowalska") }, reason = "why" });
        Assert.Equal(409, status);
        Assert.Contains("sealed with another key", said, StringComparison.Ordinal);
    }

    private StandInKeys Keys => fixture.Retrieval.Services.GetRequiredService<StandInKeys>();

    private string StandIn(StoreCaller caller, string kind, string value) =>
        Keys.Of(caller.Project).InPlace(kind, value);

    private static async Task<string> OnlyTextAsync(StoreCaller caller, string store) =>
        Text(Assert.Single(await caller.SearchAsync(store, new { query = "bicycles" })));

    private static async Task<(string Text, double Bm25)> Bm25Async(StoreCaller caller, string store, string query)
    {
        var best = (await caller.SearchAsync(store, new { query }))[0];
        return (Text(best), best.GetProperty("scores").GetProperty("bm25").GetDouble());
    }

    /// <summary>How many rows of what stands for what a store has.</summary>
    private async Task<long> KeptAsync(string store)
    {
        await using var database = NpgsqlDataSource.Create(fixture.OwnerConnectionString);
        await using var command = database.CreateCommand(
            "select count(*) from retrieval.pseudonym where vector_store_id = $1");
        command.Parameters.AddWithValue(Id<VectorStore>.Parse(store, null).Value);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
