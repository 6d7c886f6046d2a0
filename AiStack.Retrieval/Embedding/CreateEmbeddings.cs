using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Retrieval.OnnxModels;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Errors;
using Microsoft.Extensions.AI;

namespace AiStack.Retrieval.Embedding;

/// <summary>OpenAI's embeddings: vectors of length 1, as lists of numbers or in base64.</summary>
internal static class CreateEmbeddings
{
    // OpenAI's limits, the second one in characters for want of its tokenizer (8,192 tokens).
    private const int MaxInputs = 2_048;
    private const int MaxInputLength = 32_768;

    private const int CharactersPerToken = 4;

    public static void MapEmbeddings(this IEndpointRouteBuilder app) =>
        app.MapPost("/v1/embeddings", HandleAsync).RequireScope(Scopes.EmbeddingsWrite)
            .WithTags("Embeddings").WithName("CreateEmbeddings").WithSummary("Turns texts into vectors.");

    public static async Task<IResult> HandleAsync(
        Request request,
        IEmbeddingGenerator<string, Embedding<float>> embedder,
        EmbedderIdentity identity,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.Model))
        {
            return new Fault(
                FaultCode.InvalidArgument, "'model' is missing. 'default' is a model that is always there.", "model")
                .ToResult();
        }

        if (request.Model != "default" && request.Model != identity.Model)
        {
            return new Fault(
                FaultCode.ModelNotFound,
                $"There is no embedding model '{request.Model}'. There is 'default', which is '{identity.Model}'.",
                "model").ToResult();
        }

        if (Check(request, identity) is { } wrong)
        {
            return wrong.ToResult();
        }

        if (!Inputs(request.Input).TryGet(out var inputs, out var fault))
        {
            return fault.ToResult();
        }

        if (!(await VectorsAsync(embedder, inputs, cancellationToken)).TryGet(out var vectors, out fault))
        {
            return fault.ToResult();
        }

        var data = vectors.Select((vector, i) => new Item(i, Encode(vector.Vector, request))).ToList();
        var tokens = inputs.Sum(input => (input.Length + CharactersPerToken - 1) / CharactersPerToken);
        return TypedResults.Ok(new Response(data, identity.Model, new(tokens, tokens)));
    }

    /// <summary>The model from the operator's folder makes no usable vector of a text.</summary>
    public static Fault NoVector(string parameter) => new(
        FaultCode.DependencyUnavailable,
        $"The embedding model makes no finite vector of '{parameter}'. The service's log names its file.",
        parameter);

    private static async Task<Outcome<GeneratedEmbeddings<Embedding<float>>>> VectorsAsync(
        IEmbeddingGenerator<string, Embedding<float>> embedder,
        List<string> inputs,
        CancellationToken cancellationToken)
    {
        try
        {
            return await embedder.GenerateAsync(inputs, cancellationToken: cancellationToken);
        }
        catch (ModelRefusedException)
        {
            return NoVector("input");
        }
    }

    private static Fault? Check(Request request, EmbedderIdentity identity) => request switch
    {
        { EncodingFormat: not (null or "float" or "base64") } =>
            new(FaultCode.InvalidArgument, "'encoding_format' must be 'float' or 'base64'.", "encoding_format"),
        { Dimensions: { } dimensions } when dimensions < 1 || dimensions > identity.Dimensions =>
            new(
                FaultCode.InvalidArgument,
                $"'dimensions' must be 1 to {identity.Dimensions} for this model.",
                "dimensions"),
        _ => null,
    };

    private static Outcome<List<string>> Inputs(JsonElement input)
    {
        var items = input.ValueKind == JsonValueKind.Array ? input.EnumerateArray().ToList() : [input];
        if (items.Count is 0 or > MaxInputs)
        {
            return new Fault(FaultCode.InvalidArgument, $"'input' must hold 1 to {MaxInputs} texts.", "input");
        }

        if (items.Any(item => item.ValueKind != JsonValueKind.String))
        {
            return new Fault(
                FaultCode.InvalidArgument, "'input' must be text: lists of token numbers are not read here.", "input");
        }

        var texts = items.ConvertAll(item => item.GetString()!);
        return texts.FindIndex(text => text.Length is 0 or > MaxInputLength) switch
        {
            < 0 => texts,
            var i => new Fault(
                FaultCode.InvalidArgument,
                $"'input[{i}]' must have 1 to {MaxInputLength} characters; it has {texts[i].Length}.",
                "input"),
        };
    }

    private static object Encode(ReadOnlyMemory<float> vector, Request request)
    {
        // Of the built-in embedder the first dimensions are the meaning's, the rest the words': a shorter
        // vector keeps the first and some of the second. Of a model's it is less good.
        var values = vector[..(request.Dimensions ?? vector.Length)].ToArray();
        var length = MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(values));
        if (length > 0)
        {
            TensorPrimitives.Divide(values, length, values);
        }
        else
        {
            values[0] = 1; // All of it was cut off, and a vector has length 1.
        }

        return request.EncodingFormat == "base64"
            // Little-endian, as every platform that .NET runs on.
            ? Convert.ToBase64String(MemoryMarshal.AsBytes(values.AsSpan()))
            : values;
    }

    /// <param name="User">Accepted; it doesn't change a vector.</param>
    internal sealed record Request(
        string? Model, JsonElement Input, string? EncodingFormat = null, int? Dimensions = null, string? User = null);

    internal sealed record Response(IReadOnlyList<Item> Data, string Model, Usage Usage)
    {
        public string Object { get; } = "list";
    }

    internal sealed record Item(int Index, object Embedding)
    {
        public string Object { get; } = "embedding";
    }

    internal sealed record Usage(int PromptTokens, int TotalTokens);
}
