using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiStack.Serving.Engines;
using AiStack.Serving.Engines.Extractive;
using AiStack.Serving.Engines.GenAi;
using AiStack.Serving.Engines.OpenAi;
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
    public async Task A_description_says_who_answers_and_what_that_costs()
    {
        using var client = serving.Service.CreateClient(PostgresFixture.NewProject());

        var list = await client.GetFromJsonAsync<JsonElement>("/api/models", TestContext.Current.CancellationToken);

        var models = list.GetProperty("data").EnumerateArray()
            .ToDictionary(model => model.GetProperty("id").GetString()!);
        Assert.Equal("extractive", models["default"].GetProperty("engine").GetString());
        Assert.Equal(0, models["extractive"].GetProperty("price").GetProperty("output_per_million").GetDecimal());
        Assert.Equal("scripted-1", models["openai"].GetProperty("deployment").GetString());
        Assert.Equal(8_192, models["openai"].GetProperty("context_tokens").GetInt32());
        Assert.Equal(8, models["openai"].GetProperty("price").GetProperty("output_per_million").GetDecimal());
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
        using var service = new ServiceFactory<EngineCatalog>(postgres);

        var catalog = (EngineCatalog)service.Services.GetService(typeof(EngineCatalog))!;

        Assert.Equal(["default", "extractive"], catalog.Engines.Select(engine => engine.Key));
    }

    [Theory]
    [InlineData("Serving:Engine", "gpt", "Serving:Engine")]
    [InlineData("Serving:OpenAi:ContextTokens", "1500", "Serving:OpenAi:MaxOutputTokens")]
    [InlineData("Serving:GenAi:ContextTokens", "1500", "Serving:GenAi:MaxOutputTokens")]
    [InlineData("Serving:Extractive:MinConfidence", "2", "MinConfidence")]
    [InlineData("Serving:Currency", "dollars", "Serving:Currency")]
    [InlineData("Serving:Prices:gpt-17:InputPerMillion", "2", "Serving:Prices:gpt-17 is the price of no model")]
    [InlineData("Serving:Prices:openai:InputPerMillion", "2", "Serving:Prices:openai must have both")]
    [InlineData("Serving:Prices:openai:OutputPerMillion", "-8", "Serving:Prices:openai:OutputPerMillion (-8)")]
    public void A_wrong_setting_stops_the_service_and_is_named(string key, string value, string named)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration[key] = value;
        builder.AddEngines();
        builder.AddExtractiveEngine();
        builder.AddOpenAiEngine();
        builder.AddGenAiEngine();
        using var host = builder.Build();

        var failure = Assert.Throws<OptionsValidationException>(
            host.Services.GetRequiredService<IStartupValidator>().Validate);

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("default")]
    [InlineData("Big Model")]
    public void A_server_of_models_whose_name_is_taken_or_could_not_be_named_stops_the_service(string name)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration[$"Serving:Upstreams:{name}:Model"] = "scripted-1";

        var failure = Assert.Throws<OptionsValidationException>(builder.AddOpenAiEngine);

        Assert.Contains(
            $"Serving:Upstreams:{name} is no name for an engine", failure.Message, StringComparison.Ordinal);
    }
}
