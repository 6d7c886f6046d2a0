using AiStack.Console.Frame;
using AiStack.Console.SignIn;
using AiStack.Contracts;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.FluentUI.AspNetCore.Components;

namespace AiStack.Console.Keys;

/// <summary>The page on which administrators make and revoke keys.</summary>
public sealed partial class KeysPage : IDisposable
{
    private readonly Leaving _leaving = new();
    private List<KeyView>? _keys;
    private bool _hasMore;
    private bool _isBusy;
    private int? _requestsPerMinute;
    private NewKeyView? _rotated;
    private Fault? _fault;
    private string? _failed;

    [Inject]
    internal KeysApi Keys { get; set; } = null!;

    [Inject]
    internal PersonalClock Clock { get; set; } = null!;

    [Inject]
    internal Person Person { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    [Inject]
    internal IOptions<ConsoleOptions> Options { get; set; } = null!;

    public void Dispose() => _leaving.Dispose();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await RefreshAsync();
            StateHasChanged();
        }
    }

    // The newest page, in front of what was loaded of the others.
    private async Task RefreshAsync()
    {
        if (await ReadAsync(after: null) is { } page)
        {
            var newest = page.Data.Select(key => key.Id).ToHashSet(StringComparer.Ordinal);
            var older = _keys?.Where(key => !newest.Contains(key.Id)) ?? [];
            _hasMore = _keys is null ? page.HasMore : _hasMore;
            _keys = [.. page.Data, .. older];
        }
    }

    private async Task LoadOlderAsync()
    {
        _isBusy = true;
        if (await ReadAsync(after: _keys![^1].Id) is { } page)
        {
            _hasMore = page.HasMore;
            _keys = [.. _keys, .. page.Data];
        }

        _isBusy = false;
    }

    private async Task<KeyList?> ReadAsync(string? after)
    {
        var outcome = await Keys.ListAsync(after, _leaving.Token);
        _failed = "The keys cannot be shown";
        if (!outcome.TryGet(out var page, out _fault))
        {
            return null;
        }

        _requestsPerMinute = page.RequestsPerMinute;
        return page;
    }

    private async Task RotateAsync(KeyView key)
    {
        _failed = "The key was not rotated";
        if (await Person.RefusalAsync(Roles.Admin) is { } refusal)
        {
            _fault = refusal;
            return;
        }

        var answer = await Dialogs.ShowConfirmationAsync(
            $"“{key.Name}” gets a new secret, shown once. The one that programs use now is good for one more day; an "
            + "older one is refused from now on.",
            "Rotate the key?", "Rotate", "Keep");
        if (!answer.Cancelled
            && (await Keys.RotateAsync(key.Id, _leaving.Token)).TryGet(out _rotated, out _fault))
        {
            var rotated = _rotated.Key;
            _keys = _keys?.ConvertAll(kept => kept.Id == rotated.Id ? rotated : kept);
        }
    }

    private async Task RevokeAsync(KeyView key)
    {
        if (await Person.RefusalAsync(Roles.Admin) is { } refusal)
        {
            (_fault, _failed) = (refusal, "The key was not revoked");
            return;
        }

        var answer = await Dialogs.ShowConfirmationAsync(
            $"Programs that use “{key.Name}” ({key.Hint}) are refused from now on. This cannot be undone.",
            "Revoke the key?", "Revoke", "Keep");
        if (answer.Cancelled)
        {
            return;
        }

        if (await Keys.RevokeAsync(key.Id, _leaving.Token) is { } fault)
        {
            (_fault, _failed) = (fault, "The key was not revoked");
            return;
        }

        _keys = _keys?.ConvertAll(kept => kept.Id == key.Id ? kept with { RevokedAt = Clock.Now } : kept);
    }
}
