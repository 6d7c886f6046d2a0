using AiStack.Contracts;
using AiStack.Serving.Pipeline;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntimeGenAI;

namespace AiStack.Serving.Engines.GenAi;

/// <summary>How the next token is chosen: as the request says, else as the model's folder does.</summary>
internal static class Sampling
{
    /// <summary>What a folder made for greedy decoding leaves out: the runtime's own default.</summary>
    private const int DefaultTopK = 50;

    public static void Set(GeneratorParams parameters, ChatOptions? options, double? repetitionPenalty)
    {
        if (repetitionPenalty is { } penalty)
        {
            parameters.SetSearchOption("repetition_penalty", penalty);
        }

        if (options is null)
        {
            return;
        }

        Refuse(options.FrequencyPenalty, "frequency_penalty");
        Refuse(options.PresencePenalty, "presence_penalty");
        if (options is { Temperature: 0 } or { TopP: 0 } or { TopK: 1 })
        {
            parameters.SetSearchOption("do_sample", false);
        }
        else if (options.Temperature is not null || options.TopP is not null || options.TopK is not null)
        {
            Sample(parameters, options);
        }

        if (options.Seed is { } seed)
        {
            parameters.SetSearchOption("random_seed", seed & int.MaxValue);
        }
    }

    private static void Sample(GeneratorParams parameters, ChatOptions options)
    {
        parameters.SetSearchOption("do_sample", true);
        var configured = parameters.GetSearchNumber("top_k");
        parameters.SetSearchOption("top_k", options.TopK ?? (configured > 1 ? configured : DefaultTopK));
        if (options.Temperature is { } temperature)
        {
            parameters.SetSearchOption("temperature", temperature);
        }

        if (options.TopP is { } topP)
        {
            parameters.SetSearchOption("top_p", topP);
        }
    }

    private static void Refuse(float? value, string field)
    {
        if (value is not null and not 0)
        {
            throw new EngineFaultException(new(
                FaultCode.InvalidArgument,
                $"This model does not take '{field}'. Leave it out, or set it to 0.",
                field));
        }
    }
}
