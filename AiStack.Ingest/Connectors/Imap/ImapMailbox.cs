using System.Globalization;
using System.Runtime.CompilerServices;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;

namespace AiStack.Ingest.Connectors.Imap;

/// <summary>
/// Lists a mailbox's folders, a few hundred messages at a time. A message never changes: its folder, the folder's
/// validity and its number name it for good (RFC 3501, 2.3.1.1).
/// </summary>
internal sealed class ImapMailbox(ImapClient client, ImapSettings settings) : IConnector
{
    private const int AtOnce = 200;

    /// <summary>Servers count the ends of lines in their own ways.</summary>
    private const int Slack = 1 << 20;

    private const string All = "*";

    public bool FetchesLater => true;

    public async IAsyncEnumerable<SourceItem> DiscoverAsync(
        Discovery discovery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var folder in await AskAsync(() => FoldersAsync(cancellationToken), cancellationToken))
        {
            var uids = await AskAsync(() => SearchAsync(folder, cancellationToken), cancellationToken);
            foreach (var some in uids.Chunk(AtOnce))
            {
                var messages = await AskAsync(
                    () => DescribeAsync(folder, some, cancellationToken), cancellationToken);
                foreach (var message in messages)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return Item(folder, message);
                }
            }
        }
    }

    public Task<Stream> FetchAsync(SourceItem item, CancellationToken cancellationToken) => AskAsync(
        async () =>
        {
            var number = item.Id.LastIndexOf('/');
            var validity = item.Id.LastIndexOf('/', number - 1);
            var folder = await client.GetFolderAsync(item.Id[..validity], cancellationToken);
            await OpenAsync(folder, cancellationToken);
            if (item.Id[(validity + 1)..number] != Text(folder.UidValidity))
            {
                throw new SourceItemException("The server has numbered the folder anew.");
            }

            return await ReadAsync(folder, UniqueId.Parse(item.Id[(number + 1)..]), cancellationToken);
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await client.DisconnectAsync(quit: false, CancellationToken.None);
        }
        finally
        {
            client.Dispose();
        }
    }

    /// <summary>A message as a whole, which the library holds in memory: no more than it may have.</summary>
    private async Task<Stream> ReadAsync(IMailFolder folder, UniqueId uid, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await folder.GetStreamAsync(uid, enough.Token, new Limit(settings.MaxMessageBytes + Slack, enough));
        }
        catch (MessageNotFoundException exception)
        {
            throw new SourceItemException("It is no longer there.", exception);
        }
        catch (OperationCanceledException exception)
            when (enough.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SourceException("The mail server sends a message that is longer than it said.", exception);
        }
    }

    private SourceItem Item(IMailFolder folder, IMessageSummary message) => new(
        $"{folder.FullName}/{Text(folder.UidValidity)}/{Text(message.UniqueId.Id)}",
        SourceNames.Of(message.Envelope?.Subject ?? "message", ".eml"))
    {
        Version = $"{Text(folder.UidValidity)}.{Text(message.UniqueId.Id)}",
        MediaType = "message/rfc822",
        SizeBytes = message.Size,
        ModifiedAt = message.InternalDate?.ToUniversalTime(),
        Problem = message.Size > settings.MaxMessageBytes
            ? $"It has more than {settings.MaxMessageBytes:N0} bytes."
            : null,
    };

    private async Task<IList<IMailFolder>> FoldersAsync(CancellationToken cancellationToken)
    {
        var found = new List<IMailFolder>();
        foreach (var name in settings.Folders.Where(name => name != All))
        {
            found.Add(await client.GetFolderAsync(name, cancellationToken));
        }

        if (settings.Folders.Contains(All))
        {
            foreach (var space in client.PersonalNamespaces)
            {
                found.AddRange(await client.GetFoldersAsync(space, StatusItems.None, false, cancellationToken));
            }
        }

        return [.. found.DistinctBy(folder => folder.FullName).Where(folder =>
            (folder.Attributes & (FolderAttributes.NoSelect | FolderAttributes.NonExistent)) == 0)];
    }

    private async Task<IList<UniqueId>> SearchAsync(IMailFolder folder, CancellationToken cancellationToken)
    {
        await OpenAsync(folder, cancellationToken);
        return await folder.SearchAsync(
            settings.Since is { } day
                ? SearchQuery.DeliveredAfter(day.ToDateTime(TimeOnly.MinValue))
                : SearchQuery.All,
            cancellationToken);
    }

    private static async Task<IList<IMessageSummary>> DescribeAsync(
        IMailFolder folder, IList<UniqueId> uids, CancellationToken cancellationToken)
    {
        await OpenAsync(folder, cancellationToken);
        return await folder.FetchAsync(
            uids,
            MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate | MessageSummaryItems.Size
                | MessageSummaryItems.Envelope,
            cancellationToken);
    }

    /// <summary>One folder is open at a time: opening a message may have opened another.</summary>
    private static async Task OpenAsync(IMailFolder folder, CancellationToken cancellationToken)
    {
        if (!folder.IsOpen)
        {
            await folder.OpenAsync(FolderAccess.ReadOnly, cancellationToken);
        }
    }

    private Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken) =>
        ImapFailure.ExplainAsync(settings, ask, cancellationToken);

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Limit(long maxBytes, CancellationTokenSource enough) : ITransferProgress
    {
        public void Report(long bytesTransferred, long totalSize) => Report(Math.Max(bytesTransferred, totalSize));

        public void Report(long bytesTransferred)
        {
            if (bytesTransferred > maxBytes)
            {
                enough.Cancel();
            }
        }
    }
}
