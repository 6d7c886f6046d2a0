using System.Net;
using AiStack.Serving.Engines;
using AiStack.Serving.Models;
using AiStack.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Serving;

public sealed class ModelsTests(ServingFixture serving, PostgresFixture postgres)
    : IClassFixture<ServingFixture>, IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task The_configured_engines_are_listed_and_default_is_one_of_them()
    {
        var client = serving.Client(PostgresFixture.NewProject()).GetOpenAIModelClient();

        var models = await client.GetModelsAsync(TestContext.Current.CancellationToken);
        var model = await client.GetModelAsync("default", TestContext.Current.CancellationToken);

        Assert.Equal(["default", "extractive", "openai"], models.Value.Select(found => found.Id));
        Assert.Equal("default", model.Value.Id);
    }

    [Fact]
    public async Task An_unknown_model_is_404_model_not_found()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        using var response = await client.GetAsync("/v1/models/gpt-17", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(
            "model_not_found",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_model_configured_there_is_only_the_extractive_engine()
    {
        using var service = new ServiceFactory<ModelCatalog>(postgres);

        var catalog = (ModelCatalog)service.Services.GetService(typeof(ModelCatalog))!;

        Assert.Equal(["default", "extractive"], catalog.Models.Select(model => model.Id));
    }

    [Theory]
    [InlineData("Serving:Engine", "gpt", "Serving:Engine")]
    [InlineData("Serving:OpenAi:ContextTokens", "1500", "Serving:OpenAi:MaxOutputTokens")]
    [InlineData("Serving:Extractive:MinConfidence", "2", "MinConfidence")]
    public void A_wrong_setting_stops_the_service_and_is_named(string key, string value, string named)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration[key] = value;
        builder.AddEngines();
        using var host = builder.Build();

        var failure = Assert.Throws<OptionsValidationException>(
            host.Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }
}
