using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace AiStack.ServiceDefaults.OpenApi;

/// <summary>
/// Each service describes its own part of the API by OpenAPI, from its endpoints. The Gateway shows them all at
/// <c>/docs</c>.
/// </summary>
public static class OpenApiDefaults
{
    /// <summary>The path of a service's own document.</summary>
    public const string Path = "/openapi/v1.json";

    private const string Security = "key";

    private static readonly string _forWhom =
        $"""
        The header `{Principals.Header}: user:ann@example.com, group:hr` on any request says for whom it is made: at
        most {Principals.MaxCount} principals of the person who asks. Documents that are for some only are found, listed
        and read for them alone; without the header, search finds what is for everybody.
        """;

    /// <summary>Describes the endpoints under this title.</summary>
    public static void AddOpenApiDefaults(this IHostApplicationBuilder builder, string title) =>
        builder.Services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document, title);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer((schema, context, _) =>
            {
                Describe(schema, context.JsonTypeInfo.Type);
                return Task.CompletedTask;
            });
        });

    /// <summary>Maps the document. Everyone may read it: it describes the API and holds no data.</summary>
    public static void MapOpenApiDefaults(this WebApplication app) => app.MapOpenApi(Path).AllowAnonymous();

    private static void Describe(OpenApiDocument document, string title)
    {
        document.Info = new() { Title = title, Version = "v1", Description = _forWhom };
        document.Servers = []; // The reader's own address: services do not know where the Gateway is.
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Security] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API key: sk-aistack-...",
            },
        };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Security, document)] = [] }];
    }

    // Types with our own converters are strings in JSON.
    private static void Describe(OpenApiSchema schema, Type type)
    {
        // Only a request refuses unknown fields. A response may get new ones, and the same types describe both.
        schema.AdditionalPropertiesAllowed = true;
        var asked = Nullable.GetUnderlyingType(type) ?? type;
        if (asked == typeof(string) || (asked.IsGenericType && asked.GetGenericTypeDefinition() == typeof(Id<>)))
        {
            schema.Type = JsonSchemaType.String | (schema.Type & JsonSchemaType.Null);
        }
    }
}
