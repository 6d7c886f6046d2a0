using AiStack.AppHost.Local.Feed;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class RedactionTests
{
    private readonly Redaction _redaction = new();

    [Theory]
    [InlineData("Console__ApiKey")]
    [InlineData("Console__LoginToken")]
    [InlineData("Identity__SigningKey")]
    [InlineData("Database__RolePassword")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS")]
    [InlineData("AZURE_CLIENT_SECRET")]
    public void A_setting_whose_name_tells_of_a_secret_is_hidden_whole(string name) =>
        Assert.Equal(Redaction.Mask, _redaction.Of(name, "anything"));

    [Theory]
    [InlineData("Host=here;Username=me;Password=a,b c;Port=1", "Host=here;Username=me;Password=••••;Port=1")]
    [InlineData("Host=here;Password='semi;colon';Port=1", "Host=here;Password=••••;Port=1")]
    [InlineData("here:6379,password=guess,ssl=true", "here:6379,password=••••")]
    [InlineData("AccountName=me;AccountKey=abc==;EndpointSuffix=x", "AccountName=me;AccountKey=••••;EndpointSuffix=x")]
    [InlineData("postgres://me:guess@here/db", "postgres://••••@here/db")]
    [InlineData("https://here/blobs?sv=1&sig=abc%2F&se=2", "https://here/blobs?sv=1&sig=••••&se=2")]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080")]
    public void The_secret_part_of_an_address_is_hidden_and_the_rest_is_shown(string value, string shown) =>
        Assert.Equal(shown, _redaction.Of("ConnectionStrings__any", value));

    [Fact]
    public void A_secret_that_the_host_knows_is_hidden_wherever_it_stands()
    {
        var secret = _redaction.Keep("abcdefghijkl");

        Assert.Equal("abcdefghijkl", secret);
        Assert.Equal("before ••••, after", _redaction.In("before abcdefghijkl, after"));
        Assert.Equal("login?t=••••", _redaction.Of("ADDRESS", "login?t=abcdefghijkl"));
    }
}
