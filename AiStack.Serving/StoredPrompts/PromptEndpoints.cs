using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;

namespace AiStack.Serving.StoredPrompts;

/// <summary>
/// The project's own prompts: versions that never change, and labels that move between them. Responses name them in
/// OpenAI's <c>prompt</c>, and versions of models as their instructions.
/// </summary>
internal static class PromptEndpoints
{
    public static void AddPrompts(this IHostApplicationBuilder builder) =>
        builder.Services.AddSingleton<NamedPrompts>();

    public static void MapPrompts(this IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/prompts").WithTags("Prompts").RequireScope(Scopes.ModelsRead);
        read.MapGet("/", ListPrompts.HandleAsync).WithName("ListPrompts")
            .WithSummary("Lists the prompts, each by its newest version.");
        read.MapGet("/{name}/versions", ListPrompts.VersionsAsync).WithName("ListPromptVersions")
            .WithSummary("Lists a prompt's versions, the newest first.");
        read.MapGet("/{name}/versions/{version}", ListPrompts.GetAsync).WithName("GetPromptVersion")
            .WithSummary("Gets a version, by its number or a label.");
        read.MapGet("/{name}/diff", ComparePrompts.HandleAsync).WithName("ComparePromptVersions")
            .WithSummary("Tells what changed from one version to another.");

        var write = app.MapGroup("/api/prompts").WithTags("Prompts").RequireScope(Scopes.ModelsWrite);
        write.MapPost("/{name}/versions", CreatePrompt.HandleAsync).WithName("CreatePromptVersion")
            .WithSummary("Writes a version. It never changes.");
        write.MapPost("/{name}/labels/{label}", LabelPrompt.HandleAsync).WithName("LabelPromptVersion")
            .WithSummary("Moves a label to a version.");
    }

    public static Fault NotFound(string name, string? version, string field = "name") => new(
        FaultCode.NotFound,
        version is null ? $"There is no prompt '{name}'." : $"There is no version '{version}' of a prompt '{name}'.",
        field);
}
