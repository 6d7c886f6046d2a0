using AiStack.Contracts;

namespace AiStack.Retrieval.VectorStores;

/// <summary>How a file is cut into chunks, as OpenAI has it: <c>auto</c>, or <c>static</c> with sizes.</summary>
internal sealed record ChunkingStrategyParam(string Type, StaticChunkingParam? Static = null)
{
    private const int MinChunkTokens = 100;
    private const int MaxChunkTokens = 4_096;

    /// <summary>
    /// What <c>auto</c> stands for. OpenAI's 800 and 400 are made for models that read many pages; a passage that a
    /// person reads next to an answer, and that answers one question, is shorter.
    /// </summary>
    private static readonly StaticChunking _auto = new(300, 40);

    /// <summary>The sizes that <paramref name="strategy"/> asks for; a fault names the field that is wrong.</summary>
    public static Outcome<StaticChunking> Parse(ChunkingStrategyParam? strategy) => strategy switch
    {
        null or { Type: "auto", Static: null } => _auto,
        { Type: "auto" } => Wrong("static", "is for the type 'static' only"),
        { Type: not "static" } => Wrong("type", "must be 'auto' or 'static'"),
        { Static: null } => Wrong("static", "is missing"),
        { Static.MaxChunkSizeTokens: null } => Wrong("static.max_chunk_size_tokens", "is missing"),
        { Static.ChunkOverlapTokens: null } => Wrong("static.chunk_overlap_tokens", "is missing"),
        { Static.MaxChunkSizeTokens: < MinChunkTokens or > MaxChunkTokens } =>
            Wrong("static.max_chunk_size_tokens", $"must be from {MinChunkTokens} to {MaxChunkTokens}"),
        { Static: { MaxChunkSizeTokens: { } max, ChunkOverlapTokens: { } overlap } }
            when overlap >= 0 && overlap <= max / 2 => new StaticChunking(max, overlap),
        _ => Wrong("static.chunk_overlap_tokens", "must be from 0 to half of max_chunk_size_tokens"),
    };

    private static Fault Wrong(string field, string what) =>
        new(FaultCode.InvalidArgument, $"'chunking_strategy.{field}' {what}.", $"chunking_strategy.{field}");
}

/// <summary>The sizes as they are asked for; OpenAI wants both.</summary>
internal sealed record StaticChunkingParam(int? MaxChunkSizeTokens = null, int? ChunkOverlapTokens = null);

/// <summary>The sizes of chunks, in tokens.</summary>
internal sealed record StaticChunking(int MaxChunkSizeTokens, int ChunkOverlapTokens);
