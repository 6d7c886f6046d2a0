using AiStack.Contracts;
using AiStack.Evals.Criteria;
using AiStack.Evals.Metrics;

namespace AiStack.Evals.Runs;

/// <summary>What a data source must be for its run to measure anything; the first fault names its field.</summary>
internal static class DataSourceRules
{
    /// <summary>The most messages before the question is asked.</summary>
    public const int MaxMessages = 20;

    private const int MinResults = Metric.RankDepth;
    private const int MaxResults = 50;
    private const string Root = "data_source";
    private static readonly string[] _roles = ["user", "assistant", "system", "developer"];

    public static Fault? FindFault(DataSource? source) => source switch
    {
        null => Wrong(Root, "is missing"),
        { Type: not DataSource.TypeName } =>
            Wrong($"{Root}.type", $"must be '{DataSource.TypeName}': a run asks questions of the Responses API"),
        { Model: not { Length: > 0 and <= 200 } } => Wrong($"{Root}.model", "must name the model to ask"),
        _ => FindFault(source.Source) ?? FindFault(source.InputMessages)
            ?? FindFault(source.SamplingParams),
    };

    private static Fault? FindFault(DataSource.ItemSource? items)
    {
        const string Place = $"{Root}.source";
        return items switch
        {
            null => Wrong(Place, "is missing"),
            { Type: DataSource.FileSource, Id: null } => Wrong($"{Place}.id", "must be the id of an uploaded file"),
            { Type: DataSource.FileSource, Content: not null } =>
                Wrong($"{Place}.content", "does not go with 'file_id'"),
            { Type: DataSource.ContentSource, Content: null } => Wrong($"{Place}.content", "must be a list of items"),
            { Type: DataSource.ContentSource, Id: not null } => Wrong($"{Place}.id", "does not go with 'file_content'"),
            { Type: DataSource.FileSource or DataSource.ContentSource } => null,
            _ => Wrong($"{Place}.type", $"must be '{DataSource.FileSource}' or '{DataSource.ContentSource}'"),
        };
    }

    private static Fault? FindFault(DataSource.Input? input)
    {
        const string Place = $"{Root}.input_messages";
        return input switch
        {
            null => null,
            { Type: not "template" } => Wrong($"{Place}.type", "must be 'template'"),
            { Template: not { Count: > 0 and <= MaxMessages } } =>
                Wrong($"{Place}.template", $"must be a list of 1 to {MaxMessages} messages"),
            _ => input.Template
                .Select((message, index) => FindFault(message, $"{Place}.template[{index}]"))
                .FirstOrDefault(fault => fault is not null),
        };
    }

    private static Fault? FindFault(DataSource.ChatMessage message, string place)
    {
        if (!_roles.Contains(message.Role))
        {
            return Wrong($"{place}.role", $"must be one of {string.Join(", ", _roles)}");
        }

        if (message.Content is null)
        {
            return Wrong($"{place}.content", "must be a text");
        }

        if (message.Type is not (null or "message"))
        {
            return Wrong($"{place}.type", "must be 'message'");
        }

        _ = Template.Read(message.Content, $"{place}.content", mayUseSample: false).TryGet(out _, out var fault);
        return fault;
    }

    private static Fault? FindFault(DataSource.Sampling? sampling)
    {
        const string Place = $"{Root}.sampling_params";
        return sampling switch
        {
            not { Tools.Count: 1 } =>
                Wrong($"{Place}.tools", "must be one tool, of type 'file_search', with the vector stores to search"),
            { MaxCompletionTokens: <= 0 } => Wrong($"{Place}.max_completion_tokens", "must be more than 0"),
            { Temperature: < 0 or > 2 } => Wrong($"{Place}.temperature", "must be from 0 to 2"),
            { TopP: < 0 or > 1 } => Wrong($"{Place}.top_p", "must be from 0 to 1"),
            _ => FindFault(sampling.Tools![0], $"{Place}.tools[0]"),
        };
    }

    private static Fault? FindFault(DataSource.FileSearchTool tool, string place) => tool switch
    {
        { Type: not "file_search" } => Wrong($"{place}.type", "must be 'file_search'"),
        { VectorStoreIds: not { Count: > 0 } } =>
            Wrong($"{place}.vector_store_ids", "must name at least one vector store"),
        { MaxNumResults: < MinResults or > MaxResults } => Wrong(
            $"{place}.max_num_results", $"must be from {MinResults}, which the rank metrics look at, to {MaxResults}"),
        _ => null,
    };

    private static Fault Wrong(string parameter, string rule) =>
        new(FaultCode.InvalidArgument, $"'{parameter}' {rule}.", parameter);
}
