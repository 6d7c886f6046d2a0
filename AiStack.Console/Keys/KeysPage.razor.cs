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
    private KeyList? _list;
    private Fault? _fault;
    private string? _failed;

    [Inject]
    internal KeysApi Keys { get; set; } = null!;

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
            await LoadAsync();
            StateHasChanged();
        }
    }

    private async Task LoadAsync()
    {
        var outcome = await Keys.ListAsync(_leaving.Token);
        _failed = "The keys cannot be shown";
        if (outcome.TryGet(out var list, out _fault))
        {
            _list = list;
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

        await LoadAsync();
    }
}
