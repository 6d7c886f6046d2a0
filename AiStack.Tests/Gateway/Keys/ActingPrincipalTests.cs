using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiStack.Tests.Gateway.Idempotency;
using AiStack.Tests.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace AiStack.Tests.Gateway.Keys;

/// <summary>For whom a caller asks: what the Gateway takes from the header, and what it tells the services.</summary>
public sealed class ActingPrincipalTests : IClassFixture<TwoGateways>
{
    private const string Header = "AiStack-Principals";

    private readonly TwoGateways _gateways;
    private readonly ScriptedServer _service;

    public ActingPrincipalTests(TwoGateways gateways)
    {
        ArgumentNullException.ThrowIfNull(gateways);
        (_gateways, _service) = (gateways, gateways.Service);
        _service.Asked.Clear();
        // It says what it was told: the claim of the token, and the header if there is one.
        _service.Script = (context, _) => context.Response.WriteAsJsonAsync(new
        {
            claim = Claim(context.Request.Headers.Authorization.ToString()["Bearer ".Length..]),
            header = context.Request.Headers[Header].ToString(),
        });
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("user:ann@example.com", "user:ann@example.com")]
    [InlineData(" group:hr ,\tuser:ann,group:hr", "group:hr,user:ann")]
    [InlineData("user:J%C3%B6rg%20M, 100%25", "user:Jörg M,100%")]
    [InlineData("a\"\\b+<c>", "a\"\\b+<c>")]
    [InlineData("", "")]
    public async Task They_reach_the_service_in_the_signed_token_and_nowhere_else(string header, string claim)
    {
        var told = await ToldAsync(header);

        Assert.Equal(claim, told.GetProperty("claim").GetString());
        Assert.Equal("", told.GetProperty("header").GetString());
    }

    [Fact]
    public async Task Without_the_header_the_token_names_nobody()
    {
        using var response = await SendAsync();

        var told = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(JsonValueKind.Null, told.GetProperty("claim").ValueKind);
    }

    [Fact]
    public async Task The_longest_header_reaches_the_service_whole()
    {
        // Quotes are escaped in the token.
        var names = Enumerable.Range(0, 68).Select(i => $"{i:000}{new string('"', 236)}").ToList();
        var header = string.Join(',', names);
        Assert.InRange(header.Length, 16_000, 16_384);

        Assert.Equal(header, (await ToldAsync(header)).GetProperty("claim").GetString());
        Assert.Equal(200, (await ToldAsync(Many(200))).GetProperty("claim").GetString()!.Split(',').Length);
    }

    [Theory]
    [InlineData("a,,b")]
    [InlineData(",")]
    [InlineData("a,")]
    [InlineData("user:Jörg")]
    [InlineData("a%0Ab")]
    [InlineData("a%00")]
    [InlineData("a%7F")]
    [InlineData("a%C2%85")]
    [InlineData("a%2Cb")]
    [InlineData("%20a")]
    [InlineData("a%")]
    [InlineData("a%4")]
    [InlineData("a%zz")]
    [InlineData("a%FF")]
    [InlineData("a%ED%A0%80")] // half a character
    public async Task A_header_that_cannot_be_read_is_400_and_asks_no_service(string header)
    {
        await RefusedAsync(header);
    }

    [Fact]
    public async Task More_or_longer_ones_than_the_limits_are_400_and_the_header_comes_once()
    {
        await RefusedAsync(Many(201));
        await RefusedAsync(new string('a', 257));
        await RefusedAsync(string.Join(',', Enumerable.Repeat(new string('a', 200), 100)));
        Assert.StartsWith("HTTP/1.1 400 ", await TwiceAsync("user:ann", "group:board"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await TwiceAsync("", ""), StringComparison.Ordinal);
        Assert.Empty(_service.Asked);
    }

    [Fact]
    public async Task Ten_thousand_are_refused_before_anything_else_is_done()
    {
        using var response = await SendAsync(Many(10_000));

        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, response.StatusCode);
        Assert.Empty(_service.Asked);
    }

    [Fact]
    public async Task A_header_in_the_spelling_of_the_token_is_worth_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/responses/a");
        request.Headers.TryAddWithoutValidation("aistack_principals", "group:board");
        request.Headers.TryAddWithoutValidation("principals", "group:board");
        using var response = await _gateways.Clients[0].SendAsync(request, Cancellation);
        var told = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(JsonValueKind.Null, told.GetProperty("claim").ValueKind);
    }

    [Fact]
    public async Task An_idempotency_key_gives_nobody_the_answer_of_another()
    {
        using var ann = await PostAsync("one", "user:ann,group:hr");
        using var again = await PostAsync("one", "group:hr, user:ann");
        using var bob = await PostAsync("one", "user:bob");
        using var nobody = await PostAsync("one", null);

        Assert.Equal(HttpStatusCode.OK, ann.StatusCode);
        Assert.True(again.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bob.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nobody.StatusCode);
        Assert.Single(_service.Asked);
    }

    private static string Many(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"group:{i}"));

    private static string? Claim(string token)
    {
        var payload = JsonElement.Parse(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token.Split('.')[1])));
        return payload.TryGetProperty("principals", out var claim) ? claim.GetString() : null;
    }

    private async Task<JsonElement> ToldAsync(string header)
    {
        using var response = await SendAsync(header);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonElement.Parse(body);
    }

    private async Task RefusedAsync(string header)
    {
        using var response = await SendAsync(header);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(Header, JsonElement.Parse(body).GetProperty("error").GetProperty("param").GetString());
        Assert.Empty(_service.Asked);
    }

    /// <summary>As it is on the wire: a client's library would refuse some.</summary>
    private async Task<HttpResponseMessage> SendAsync(string? header = null)
    {
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = _gateways.Clients[0].BaseAddress };
        client.DefaultRequestHeaders.Authorization = _gateways.Clients[0].DefaultRequestHeaders.Authorization;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/responses/a");
        if (header is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(Header, header));
        }

        var response = await client.SendAsync(request, Cancellation);
        await response.Content.LoadIntoBufferAsync(Cancellation);
        return response;
    }

    /// <summary>The status line. A client's library would make one header of two.</summary>
    private async Task<string?> TwiceAsync(string first, string second)
    {
        var client = _gateways.Clients[0];
        using var socket = new TcpClient();
        await socket.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port, Cancellation);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET /v1/responses/a HTTP/1.1\r\nHost: localhost\r\n"
                + $"Authorization: {client.DefaultRequestHeaders.Authorization}\r\n"
                + $"{Header}: {first}\r\n{Header}: {second}\r\nConnection: close\r\n\r\n"),
            Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(Cancellation);
    }

    private async Task<HttpResponseMessage> PostAsync(string key, string? principals)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", key);
        if (principals is not null)
        {
            request.Headers.Add(Header, principals);
        }

        return await _gateways.Clients[0].SendAsync(request, Cancellation);
    }
}
