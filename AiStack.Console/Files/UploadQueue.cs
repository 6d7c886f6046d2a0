using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AiStack.Console.Files;

/// <summary>Where an upload stands.</summary>
public enum UploadState
{
    Waiting,
    Sending,
    Storing,
    Done,
    Failed,
    Cancelled,
}

/// <summary>A file on its way from a browser.</summary>
public sealed class Upload(int key, string name, long sizeBytes)
{
    public int Key => key;

    public string Name => name;

    public long SizeBytes => sizeBytes;

    public UploadState State { get; set; }

    public long SentBytes { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; set; }

    public bool IsOver => State is UploadState.Done or UploadState.Failed or UploadState.Cancelled;

    public int Percent => sizeBytes == 0 ? 100 : (int)(100 * Math.Min(SentBytes, sizeBytes) / sizeBytes);
}

/// <summary>
/// The uploads of one browser page. The browser sends the files itself, past the circuit, and reports here; so
/// uploads go on while the person looks at other pages.
/// </summary>
internal sealed class UploadQueue : IDisposable
{
    private const int MaxFinishedKept = 1_000;
    private readonly Dictionary<int, Upload> _byKey = [];
    private readonly List<Upload> _uploads = [];
    private readonly DotNetObjectReference<UploadQueue> _self;
    private IJSObjectReference? _script;
    private ElementReference? _waiting;

    public UploadQueue() => _self = DotNetObjectReference.Create(this);

    /// <summary>Raised when an upload starts, moves on or ends.</summary>
    public event Action? Changed;

    /// <summary>Raised when files have arrived.</summary>
    public event Action? Arrived;

    public IReadOnlyList<Upload> Uploads => _uploads;

    public int Unfinished => _uploads.Count(upload => !upload.IsOver);

    public async Task StartAsync(IJSRuntime scripts, string? antiforgeryToken)
    {
        _script = await scripts.InvokeAsync<IJSObjectReference>("import", "./uploads.js");
        await _script.InvokeVoidAsync("start", _self, antiforgeryToken);
        if (_waiting is { } dropZone)
        {
            await _script.InvokeVoidAsync("watch", dropZone);
        }
    }

    /// <summary>Takes files from a drop zone and its file chooser, into the store that the zone names.</summary>
    public async Task WatchAsync(ElementReference dropZone)
    {
        if (_script is not null)
        {
            await _script.InvokeVoidAsync("watch", dropZone);
        }
        else
        {
            // The page is drawn before the script is there, and perhaps never again.
            _waiting = dropZone;
        }
    }

    public async Task CancelAsync(Upload upload)
    {
        if (_script is not null)
        {
            await _script.InvokeVoidAsync("cancel", upload.Key);
        }
    }

    /// <summary>Sends a file that failed again.</summary>
    public async Task RetryAsync(Upload upload)
    {
        if (_script is not null)
        {
            await _script.InvokeVoidAsync("retry", upload.Key);
        }
    }

    /// <summary>Forgets what is over.</summary>
    public async Task ClearAsync()
    {
        int[] over = [.. _uploads.Where(upload => upload.IsOver).Select(upload => upload.Key)];
        _uploads.RemoveAll(upload => upload.IsOver && _byKey.Remove(upload.Key));
        Changed?.Invoke();
        if (_script is not null)
        {
            await _script.InvokeVoidAsync("forget", over);
        }
    }

    [JSInvokable]
    public void Add(IReadOnlyList<UploadStart> starts)
    {
        foreach (var start in starts)
        {
            var upload = new Upload(start.Key, start.Name, start.Size);
            _byKey[start.Key] = upload;
            _uploads.Add(upload);
        }

        var done = _uploads.Where(upload => upload.State == UploadState.Done);
        foreach (var old in done.SkipLast(MaxFinishedKept).ToList())
        {
            _byKey.Remove(old.Key);
            _uploads.Remove(old);
        }

        Changed?.Invoke();
    }

    [JSInvokable]
    public void Update(IReadOnlyList<UploadUpdate> updates)
    {
        foreach (var update in updates)
        {
            if (_byKey.TryGetValue(update.Key, out var upload))
            {
                (upload.State, upload.SentBytes, upload.Reason) = (update.State, update.Sent, update.Reason);
            }
        }

        Changed?.Invoke();
        if (updates.Any(update => update.State == UploadState.Done))
        {
            Arrived?.Invoke();
        }
    }

    public void Dispose() => _self.Dispose();
}

/// <summary>A file that the person chose, as the browser tells it.</summary>
public sealed record UploadStart(int Key, string Name, long Size);

/// <summary>How far an upload has come, as the browser tells it.</summary>
public sealed record UploadUpdate(int Key, UploadState State, long Sent, string? Reason);
