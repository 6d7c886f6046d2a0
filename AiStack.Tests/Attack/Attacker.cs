using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;

namespace AiStack.Tests.Attack;

/// <summary>
/// Tries to do what is not allowed: every route without a key and with wrong ones, with each scope that is not enough,
/// and with what belongs to another project, in every place where something can be named.
/// </summary>
internal sealed class Attacker : IDisposable
{
    private readonly AttackProject _own;
    private readonly AttackProject _other;
    private readonly HttpClient _client;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<AttackRoute, (int Keys, int Scopes, int Ids)> _tries = [];
    private int _detours;

    private Attacker(Uri api, AttackProject own, AttackProject other, CancellationToken cancellationToken)
    {
        (_own, _other, _cancellationToken) = (own, other, cancellationToken);
        _client = new HttpClient { BaseAddress = api, Timeout = Eventually.Patience };
        _client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream"); // What the tools are asked by takes both.
    }

    /// <summary>What should not have happened.</summary>
    public List<string> Crossings { get; } = [];

    public int Tries => _tries.Values.Sum(tries => tries.Keys + tries.Scopes + tries.Ids) + _detours;

    /// <summary>Attacks the stack at an address, in two projects that it makes for this.</summary>
    public static async Task<Attacker> RunAsync(Uri api, string admin, CancellationToken cancellationToken)
    {
        var own = await AttackProject.MakeAsync(api, admin, cancellationToken);
        var other = await AttackProject.MakeAsync(api, admin, cancellationToken);
        var attacker = new Attacker(api, own, other, cancellationToken);
        await attacker.RunAsync();
        return attacker;
    }

    /// <summary>The tries by route, as a table, and what came through.</summary>
    public string Report()
    {
        var report = new StringBuilder();
        report.AppendLine("tries with a wrong key, too little scope, another project's ids");
        foreach (var (route, (keys, scopes, ids)) in _tries)
        {
            report.AppendLine(CultureInfo.InvariantCulture,
                $"{keys,4} {scopes,4} {ids,4}  {route.Method,-6} {route.Request}  ({string.Join(", ", route.Scopes)})");
        }

        report.AppendLine(CultureInfo.InvariantCulture, $"{_detours,14}  detours");
        report.AppendLine(CultureInfo.InvariantCulture, $"{Tries} tries, {Crossings.Count} crossings");
        Crossings.ForEach(crossing => report.AppendLine(CultureInfo.InvariantCulture, $"CROSSING {crossing}"));
        return report.ToString();
    }

    public void Dispose()
    {
        _client.Dispose();
        _own.Dispose();
        _other.Dispose();
    }

    private async Task RunAsync()
    {
        foreach (var route in AttackRoute.All)
        {
            _tries[route] = (await TryKeysAsync(route), await TryScopesAsync(route), await TryIdsAsync(route));
        }

        await TryDetoursAsync();

        // Last, since it ends what it names: what was refused above would have been a request that works.
        foreach (var route in AttackRoute.All)
        {
            await ControlAsync(route, _other);
            await ControlAsync(route, _own);
        }
    }

    private async Task<int> TryKeysAsync(AttackRoute route)
    {
        string?[] keys =
        [
            null, "", "sk-aistack-wrong", "' or '1'='1", _own.RevokedKey, _own.AdminKey[..^1], $"{_own.AdminKey}x",
            "eyJhbGciOiJub25lIn0.eyJzY29wZSI6ImFkbWluIn0.",
        ];
        foreach (var key in keys)
        {
            await ExpectAsync(route, _own, key, Own(route), HttpStatusCode.Unauthorized, $"with the key '{key}'");
        }

        return keys.Length;
    }

    // A key with one scope is let through where that is all it takes; where two are needed, neither is enough.
    private async Task<int> TryScopesAsync(AttackRoute route)
    {
        var lacking = Scopes.All.Where(scope => scope != Scopes.Admin && !route.Scopes.SequenceEqual([scope])).ToList();
        if (route.Scopes is [Scopes.PrivacyReveal])
        {
            lacking.Add(Scopes.Admin);
        }

        foreach (var scope in lacking)
        {
            await ExpectAsync(
                route, _own, _own.KeyOf[scope], Own(route), HttpStatusCode.Forbidden, $"with {scope} alone");
        }

        // Asked for with less than the key may, and with more.
        await ExpectAsync(
            route, _own, _own.AdminKey, Own(route), HttpStatusCode.Forbidden, "by an admin who asks for less",
            acting: route.Scopes is [Scopes.ModelsRead] ? Scopes.UsageRead : Scopes.ModelsRead);
        await ExpectAsync(
            route, _own, _own.KeyOf[lacking[0]], Own(route), HttpStatusCode.Forbidden, "by a key that asks for more",
            acting: string.Join(' ', Scopes.All));
        return lacking.Count + 2;
    }

    // Each way to mix the ids of both projects, but for the one that has only the caller's own.
    private async Task<int> TryIdsAsync(AttackRoute route)
    {
        var kinds = route.Kinds;
        var ways = kinds.Contains("new") ? 0 : (1 << kinds.Count) - 1;
        for (var way = 1; way <= ways; way++)
        {
            var ids = kinds.Select((kind, place) => (way & (1 << place)) == 0 ? _own.IdOf(kind) : _other.IdOf(kind));
            var (status, answer) = await SendAsync(route, _own.AdminKey, [.. ids]);
            var named = kinds.Where((_, place) => (way & (1 << place)) != 0).Select(_other.IdOf).ToList();
            var told = _other.Hidden.Except(named).FirstOrDefault(
                hidden => answer.Contains(hidden, StringComparison.Ordinal));
            if (told is not null || (int)status >= 500 || ((int)status < 400 && !route.Filters))
            {
                Crossings.Add(
                    $"{route.Method} {route.Request} with another project's {string.Join(", ", named)}: {(int)status}, "
                    + $"and it says {told ?? "nothing of it"}");
            }
        }

        return ways;
    }

    /// <summary>Ways past the routes: inner paths, and paths that are written otherwise.</summary>
    private async Task TryDetoursAsync()
    {
        string[] paths =
        [
            "/internal/search", "//internal/search", "/v1/files/../../internal/search",
            "/v1/files/%2e%2e/%2e%2e/internal/search", "/v1/vector_stores/..%2f..%2finternal%2fsearch",
            "/V1/../internal/search", "/v1/files/;/../../../internal/search",
        ];
        foreach (var path in paths)
        {
            // As it is written: the client would tidy it.
            var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
            var address = $"{_client.BaseAddress!.GetLeftPart(UriPartial.Authority)}{path}";
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, asWritten));
            request.Content = new StringContent(
                $$"""{"query":"secret","vector_store_ids":["{{_own.IdOf("store")}}"]}""",
                Encoding.UTF8,
                "application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _own.AdminKey);
            using var response = await _client.SendAsync(request, _cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(_cancellationToken);
            _detours++;
            if ((int)response.StatusCode is < 400 or >= 500 || answer.Contains(_own.Secret, StringComparison.Ordinal))
            {
                Crossings.Add($"POST {path}: {(int)response.StatusCode}");
            }
        }
    }

    private async Task ControlAsync(AttackRoute route, AttackProject project)
    {
        var (status, answer) = await SendAsync(
            route, route.Scopes is [Scopes.PrivacyReveal] ? project.KeyOf[Scopes.PrivacyReveal] : project.AdminKey,
            [.. route.Kinds.Select(project.IdOf)]);
        if ((int)status >= 400 && status != HttpStatusCode.Conflict)
        {
            Crossings.Add(
                $"{route.Method} {route.Request} is refused to its own project, so it tried nothing: "
                + $"{(int)status} {answer}");
        }
    }

    private List<string> Own(AttackRoute route) => [.. route.Kinds.Select(_own.IdOf)];

    private async Task ExpectAsync(
        AttackRoute route,
        AttackProject project,
        string? key,
        IReadOnlyList<string> ids,
        HttpStatusCode expected,
        string how,
        string? acting = null)
    {
        var (status, answer) = await SendAsync(route, key, ids, acting);
        if (status != expected || answer.Contains(project.Secret, StringComparison.Ordinal))
        {
            Crossings.Add($"{route.Method} {route.Request} {route.Body} {how}: {(int)status}");
        }
    }

    private async Task<(HttpStatusCode Status, string Answer)> SendAsync(
        AttackRoute route, string? key, IReadOnlyList<string> ids, string? acting = null)
    {
        var (path, body) = route.Fill(ids);
        using var request = new HttpRequestMessage(new(route.Method), new Uri(path, UriKind.Relative));
        request.Content = body is null ? null
            : body is AttackRoute.Form or AttackRoute.Part ? NewForm(body)
            : new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        if (acting is not null)
        {
            request.Headers.Add("X-AiStack-Scopes", acting);
        }

        using var response = await _client.SendAsync(request, _cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(_cancellationToken);
        // A tool refuses in its answer, to the model that called it.
        var isRefusal = route.Pattern == "/mcp" && answer.Contains("\"isError\":true", StringComparison.Ordinal);
        return (isRefusal ? HttpStatusCode.Forbidden : response.StatusCode, answer);
    }

    private static MultipartFormDataContent NewForm(string body)
    {
        var form = new MultipartFormDataContent();
        if (body == AttackRoute.Form)
        {
            form.Add(new StringContent("assistants"), "purpose");
        }

        form.Add(new StringContent("words"), body == AttackRoute.Form ? "file" : "data", "words.txt");
        return form;
    }
}
