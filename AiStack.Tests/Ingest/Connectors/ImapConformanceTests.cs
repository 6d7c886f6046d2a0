using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiStack.Ingest.Connectors;
using AiStack.Ingest.Connectors.Imap;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using Xunit;

namespace AiStack.Tests.Ingest.Connectors;

public sealed class ImapConformanceTests(DovecotFixture dovecot)
    : SecretConnectorConformance, IClassFixture<DovecotFixture>
{
    private protected override Task<ConformingSource> StartAsync() =>
        Task.FromResult<ConformingSource>(Mailbox.Make(dovecot));

    private protected override IConnectorKind KindOf() => new ImapKind(ConformingSource.Reach);

    [Fact]
    public async Task Messages_of_all_folders_that_are_asked_for_are_taken_since_a_day()
    {
        await using var source = Mailbox.Make(dovecot);
        await source.PutAsync("Re: Plan/Q1", "now");
        await source.PutAsync("old", "old", "INBOX", new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await source.PutAsync("sub", "sub", "Projects.2026");
        var settings = source.Settings;
        settings["folders"] = new JsonArray("*");
        settings["since"] = "2021-01-01";
        var one = source.Settings;
        one["folders"] = new JsonArray("Projects.2026");

        var all = await RunAsync(source, settings);
        var some = await RunAsync(source, one);

        Assert.Equal(["Re Plan Q1.eml", "sub.eml"], all.Listed.Select(item => item.Name).Order());
        Assert.Equal("sub.eml", Assert.Single(some.Listed).Name);
        Assert.StartsWith("Projects.2026/", Assert.Single(some.Listed).Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_too_long_and_a_folder_that_is_not_there_are_said()
    {
        await using var source = Mailbox.Make(dovecot);
        await source.PutAsync("long", new('x', 5_000));
        var settings = source.Settings;
        settings["max_message_bytes"] = 2_000;
        var missing = source.Settings;
        missing["folders"] = new JsonArray("No such folder");

        var result = await RunAsync(source, settings);
        var failure = await Assert.ThrowsAsync<SourceException>(() => RunAsync(source, missing));

        Assert.Equal("It has more than 2,000 bytes.", Assert.Single(result.Listed).Problem);
        Assert.EndsWith("there is no folder 'No such folder'.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_this_network_is_not_read()
    {
        await using var source = Mailbox.Make(dovecot);
        var settings = source.Settings;
        settings["tls"] = "starttls";

        var failure = await Assert.ThrowsAsync<SourceException>(() => new ImapKind(Options.Create(new ReachOptions()))
            .OpenAsync(JsonSerializer.SerializeToElement(settings), source.Secrets, Cancellation));

        Assert.Contains("not of the public internet", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"host":"h","username":"u","tls":"none"}""", "settings.tls")]
    [InlineData("""{"host":"h","username":"u","tls":7}""", "settings.tls")]
    [InlineData("""{"host":"h/x","username":"u"}""", "settings.host")]
    [InlineData("""{"host":"h","username":"u","folders":[]}""", "settings.folders")]
    [InlineData("""{"host":"h","username":"u","since":"yesterday"}""", "settings.since")]
    public void Settings_that_make_no_sense_are_refused(string settings, string field) => Assert.Equal(
        field,
        new ImapKind(Options.Create(new ReachOptions())).Check(
            JsonElement.Parse(settings), new Dictionary<string, string> { ["password"] = "x" })?.Parameter);

    private static Task<RunResult> RunAsync(Mailbox source, JsonObject settings) => new ConnectorRun(
        source.Kind, JsonSerializer.SerializeToElement(settings), source.Secrets).RunAsync(Cancellation);

    /// <summary>A person's mailbox, into which the test puts messages over IMAP.</summary>
    private sealed class Mailbox : ConformingSource
    {
        private readonly DovecotFixture _dovecot;
        private readonly string _user;
        private readonly CuttableDoor _door;

        private Mailbox(DovecotFixture dovecot, string user) =>
            (_dovecot, _user, _door) = (dovecot, user, new(dovecot.Port));

        public override IConnectorKind Kind => new ImapKind(Reach);

        public override int Many => 450;

        public override bool IsImmutable => true;

        public override JsonObject Settings => new()
        {
            ["host"] = "127.0.0.1", ["port"] = _door.Port, ["tls"] = "none", ["username"] = _user,
        };

        public override Dictionary<string, string> Secrets => new() { ["password"] = DovecotFixture.Password };

        public override Dictionary<string, string> WrongSecrets => new() { ["password"] = "wrong-pass" };

        public static Mailbox Make(DovecotFixture dovecot) => new(dovecot, dovecot.NextUser());

        public override byte[] Bytes(string name, string text)
        {
            using var bytes = new MemoryStream();
            var format = FormatOptions.Default.Clone();
            format.NewLineFormat = NewLineFormat.Dos;
            Message(name, text).WriteTo(format, bytes);
            return bytes.ToArray();
        }

        public override async Task PutAsync(string name, string text)
        {
            await RemoveAsync(name);
            await PutAsync(name, text, "INBOX");
        }

        public Task PutAsync(string name, string text, string folder, DateTimeOffset? at = null) =>
            WithAsync(async client =>
            {
                var opened = folder == "INBOX"
                    ? client.Inbox!
                    : (await client.GetFolder(client.PersonalNamespaces[0])
                        .CreateAsync("Projects", false, Cancellation))!;
                if (folder != "INBOX")
                {
                    opened = (await opened.CreateAsync("2026", true, Cancellation))!;
                }

                await opened.AppendAsync(
                    new AppendRequest(Message(name, text), MessageFlags.None, at ?? TimeProvider.System.GetUtcNow()),
                    Cancellation);
            });

        public override Task RemoveAsync(string name) => WithAsync(async client =>
        {
            await client.Inbox!.OpenAsync(FolderAccess.ReadWrite, Cancellation);
            var found = await client.Inbox.SearchAsync(SearchQuery.SubjectContains(name), Cancellation);
            if (found.Count > 0)
            {
                await client.Inbox.StoreAsync(
                    found, new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted), Cancellation);
                await client.Inbox.ExpungeAsync(Cancellation);
            }
        });

        public override Task PutManyAsync(int count) => WithAsync(async client =>
        {
            foreach (var number in Enumerable.Range(0, count))
            {
                await client.Inbox!.AppendAsync(new AppendRequest(Message($"many{number}", "x")), Cancellation);
            }
        });

        public override Task CutAsync() => _door.CutAsync();

        public override Task RevokeAsync() => _dovecot.RemoveUserAsync(_user);

        public override ValueTask DisposeAsync() => _door.DisposeAsync();

        private static MimeMessage Message(string subject, string text)
        {
            var lines = string.Join("\r\n", text.Chunk(70).Select(letters => new string(letters)));
            var head = $"From: a@example.org\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + $"Content-Transfer-Encoding: 8bit\r\nMIME-Version: 1.0\r\n\r\n{lines}\r\n";
            return MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(head)), CancellationToken.None);
        }

        private async Task WithAsync(Func<ImapClient, Task> act)
        {
            using var client = new ImapClient();
            await client.ConnectAsync("127.0.0.1", _dovecot.Port, SecureSocketOptions.None, Cancellation);
            await client.AuthenticateAsync(_user, DovecotFixture.Password, Cancellation);
            await act(client);
            await client.DisconnectAsync(quit: true, Cancellation);
        }
    }
}
