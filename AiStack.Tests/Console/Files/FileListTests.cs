using AiStack.Console.Files;
using AiStack.Console.Gateway;
using AiStack.Tests.Serving;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AiStack.Tests.Console.Files;

/// <summary>The list of files while the person changes it and the page looks again on its own.</summary>
public sealed class FileListTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _isAsked = new();
    private readonly TaskCompletionSource _mayAnswer = new();
    private ScriptedServer _gateway = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await ScriptedServer.StartAsync();
        _http = new() { BaseAddress = new(_gateway.Address) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_look_that_began_before_a_file_was_removed_does_not_bring_it_back()
    {
        var list = List();
        _gateway.Always(TwoFiles);
        Assert.Null(await list.OpenAsync(null, Token));
        AnswerLate(200);

        var look = list.RefreshAsync(Token);
        await _isAsked.Task;
        list.Remove("file_1");
        _mayAnswer.SetResult();

        Assert.Null(await look);
        Assert.Equal(["file_2"], list.Rows.Select(row => row.Id));
    }

    [Fact]
    public async Task What_a_look_found_wrong_with_a_list_that_was_left_meanwhile_is_nobodys_concern()
    {
        var list = List();
        _gateway.Always(TwoFiles);
        Assert.Null(await list.OpenAsync(null, Token));
        AnswerLate(404);

        var look = list.RefreshAsync(Token);
        await _isAsked.Task;
        _gateway.Always(TwoFiles);
        Assert.Null(await list.OpenAsync(null, Token));
        _mayAnswer.SetResult();

        Assert.Null(await look);
        Assert.Equal(2, list.Rows.Count);
    }

    private static object TwoFiles => new
    {
        data = new[]
        {
            new { id = "file_2", filename = "b.txt", bytes = 1, created_at = 2 },
            new { id = "file_1", filename = "a.txt", bytes = 1, created_at = 1 },
        },
        has_more = false,
    };

    private FileList List()
    {
        var gateway = new GatewayClient(_http, ActingRole.Viewer);
        return new(new FilesApi(gateway), new StoresApi(gateway));
    }

    private void AnswerLate(int status) => _gateway.Script = async (context, _) =>
    {
        _isAsked.TrySetResult();
        await _mayAnswer.Task;
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(TwoFiles, Token);
    };
}
