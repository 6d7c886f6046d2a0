using AiStack.AppHost.LanguageModels;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace AiStack.Tests.AppHost;

public sealed class RewriterSettingsTests
{
    [Fact]
    public void The_server_that_writes_answers_rewrites_queries_too()
    {
        var settings = HandedOn(
            ("Serving:OpenAi:Model", "phi"),
            ("Serving:OpenAi:Endpoint", "http://box/v1"),
            ("Serving:OpenAi:ApiKey", "k"));

        Assert.Equal(
            ("phi", "http://box/v1", "k"),
            (settings["Retrieval:Rewriter:Model"], settings["Retrieval:Rewriter:Endpoint"],
                settings["Retrieval:Rewriter:ApiKey"]));
    }

    [Fact]
    public void A_key_is_not_handed_to_a_server_that_search_has_of_its_own()
    {
        var settings = HandedOn(
            ("Serving:OpenAi:Model", "phi"), ("Serving:OpenAi:ApiKey", "k"),
            ("Retrieval:Rewriter:Endpoint", "http://other/v1"));

        Assert.Null(settings["Retrieval:Rewriter:ApiKey"]);
        Assert.Null(settings["Retrieval:Rewriter:Model"]);
    }

    [Fact]
    public void Without_a_model_nothing_is_handed_on() =>
        Assert.Empty(HandedOn(("Serving:OpenAi:Endpoint", "http://box/v1")).GetSection("Retrieval").GetChildren());

    private static IConfiguration HandedOn(params (string Key, string Value)[] given)
    {
        var settings = new ConfigurationManager();
        settings.AddInMemoryCollection(
            given.Select(each => KeyValuePair.Create<string, string?>(each.Key, each.Value)));
        RewriterSettings.HandOn(settings);
        return settings;
    }
}
