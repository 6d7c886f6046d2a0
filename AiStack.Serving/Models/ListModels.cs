using Microsoft.AspNetCore.Http.HttpResults;

namespace AiStack.Serving.Models;

internal static class ListModels
{
    public static Ok<ModelList> Handle(ModelCatalog catalog) => TypedResults.Ok(new ModelList(catalog.Models));

    internal sealed record ModelList(IReadOnlyList<ModelObject> Data)
    {
        public string Object { get; } = "list";
    }
}
