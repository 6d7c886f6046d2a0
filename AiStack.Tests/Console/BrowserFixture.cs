using AiStack.Tests.Console;
using AiStack.Tests.EndToEnd;
using AiStack.Tests.Fixtures;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace AiStack.Tests.Console;

/// <summary>
/// A real Chromium, signed in to the Console of a stack. No Chromium: skipped at a desk, a failure in CI.
/// </summary>
public sealed class BrowserFixture : IAsyncDisposable
{
    private static readonly string[] _places =
    [
        "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
    ];

    /// <summary>In ms. Long: a machine may be slow, and a test that waits for what comes waits no longer.</summary>
    private const float Patience = 120_000;

    private readonly SemaphoreSlim _starting = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private readonly Dictionary<string, string> _signedIn = [];

    /// <summary>
    /// A page of a browser of its own, signed in. What the page would load from elsewhere, and what goes wrong in its
    /// scripts, is in <see cref="WatchedPage.Complaints"/>.
    /// </summary>
    public async Task<WatchedPage> OpenAsync(
        RunningStack stack, string path, ColorScheme theme = ColorScheme.Light, int width = 1280)
    {
        ArgumentNullException.ThrowIfNull(stack);
        var signedIn = await StartAsync(stack);
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = stack.Console.ToString(),
            StorageState = signedIn,
            ColorScheme = theme,
            ViewportSize = new() { Width = width, Height = 800 },
        });
        context.SetDefaultTimeout(Patience);
        var page = new WatchedPage(await context.NewPageAsync(), stack.Console);
        await page.Page.GotoAsync(path);
        await page.Page.Locator(".frame:not([aria-busy])").WaitForAsync();
        return page;
    }

    /// <summary>A browser that is not signed in, at the Console of the stack or at another one.</summary>
    public async Task<IPage> OpenStrangerAsync(RunningStack stack, Uri? console = null)
    {
        ArgumentNullException.ThrowIfNull(stack);
        await StartAsync(stack);
        var page = await _browser!.NewPageAsync(new() { BaseURL = (console ?? stack.Console).ToString() });
        page.SetDefaultTimeout(Patience);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        _starting.Dispose();
    }

    private async Task<string> StartAsync(RunningStack stack)
    {
        var chromium = _places.FirstOrDefault(File.Exists);
        Assert.False(
            Setting.InCI && chromium is null, "CI must have Chromium: a skipped test would hide a regression.");
        Assert.SkipWhen(chromium is null, "Install Chromium to run the browser tests.");

        Assertions.SetDefaultExpectTimeout(Patience);
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = chromium,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            });
            var console = stack.Console.ToString();
            return _signedIn[console] = _signedIn.GetValueOrDefault(console) ?? await SignInAsync(stack);
        }
        finally
        {
            _starting.Release();
        }
    }

    // The printed link works once, so it is used once, and its cookie is given to every page.
    private async Task<string> SignInAsync(RunningStack stack)
    {
        var context = await _browser!.NewContextAsync();
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        await page.GotoAsync(stack.Login.ToString());
        // The cookie is all that is wanted, not the page.
        await page.WaitForURLAsync(stack.Console.ToString(), new() { WaitUntil = WaitUntilState.Commit });
        var state = await context.StorageStateAsync();
        await context.CloseAsync();
        return state;
    }
}

/// <summary>A page, and everything that a user would not see going wrong in it.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly List<string> _complaints = [];

    public WatchedPage(IPage page, Uri console)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(console);
        Page = page;
        page.PageError += (_, error) => _complaints.Add($"script error: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _complaints.Add($"console error: {message.Text}");
            }
        };
        page.Request += (_, request) =>
        {
            var address = new Uri(request.Url);
            if (address.Scheme is "http" or "https" && address.Authority != console.Authority)
            {
                _complaints.Add($"loads from elsewhere: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints => _complaints;

    public void ForgetComplaints() => _complaints.Clear();

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}
