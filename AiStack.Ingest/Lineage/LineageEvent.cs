using System.Text.Json.Nodes;

namespace AiStack.Ingest.Lineage;

/// <summary>A state that a run can be in, in OpenLineage's words.</summary>
internal enum RunState
{
    Start,
    Running,
    Complete,
    Abort,
    Fail,
}

/// <summary>A kind of work that we do, and where its code is.</summary>
internal sealed record LineageJob(string Name, string Path)
{
    public static readonly LineageJob SyncSource = new(
        "ingest.sync_source", "AiStack.Ingest/Sources/SyncSourceHandler.cs");

    public static readonly LineageJob ProcessFile = new(
        "ingest.process_file", "AiStack.Ingest/Processing/ProcessFileHandler.cs");

    public static readonly LineageJob DeleteFile = new("ingest.delete_file", "AiStack.Ingest/Files/DeleteFiles.cs");

    public static readonly LineageJob ClearFile = new("ingest.clear_file", "AiStack.Ingest/Files/ClearFile.cs");

    public static readonly LineageJob IndexFile = new(
        "retrieval.index_file", "AiStack.Retrieval/Indexing/IndexFileHandler.cs");

    public static readonly LineageJob RemoveFile = new(
        "retrieval.remove_file", "AiStack.Retrieval/Storage/StoreRows.cs");

    public static readonly LineageJob DeleteStore = new(
        "retrieval.delete_store", "AiStack.Retrieval/VectorStores/DeleteStore.cs");

    public static readonly LineageJob Answer = new("serving.answer", "AiStack.Serving/Completions/RecordCompletion.cs");

    public static readonly LineageJob Erase = new("ingest.erase", "AiStack.Ingest/Erasures/ErasureReports.cs");

    public static readonly LineageJob EvalRun = new("evals.run", "AiStack.Evals/Runs/RunProgress.cs");
}

/// <summary>A dataset that a run read or made.</summary>
/// <param name="Label">What people call it.</param>
/// <param name="Facets">What it is.</param>
/// <param name="RunFacets">What it was in this run: input or output facets.</param>
internal sealed record LineageDataset(
    string Namespace, string Name, string? Label = null, JsonObject? Facets = null, JsonObject? RunFacets = null)
{
    /// <summary>Whether what it came from is remembered for as long as it is there.</summary>
    public bool IsStanding { get; init; }

    /// <summary>Whether the run deleted it.</summary>
    public bool IsDropped { get; init; }
}

/// <summary>One step of one of our runs, in the terms of OpenLineage.</summary>
internal sealed record LineageEvent(LineageJob Job, Guid RunId, RunState State, DateTimeOffset Time)
{
    public IReadOnlyList<LineageDataset> Inputs { get; init; } = [];

    public IReadOnlyList<LineageDataset> Outputs { get; init; } = [];

    /// <summary>
    /// Which output came from which input, by their places; null when each came from all.
    /// </summary>
    public IReadOnlyList<(int Input, int Output)>? Edges { get; init; }

    /// <summary>The run that this one is a part of, and its job.</summary>
    public (Guid RunId, LineageJob Job)? Parent { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What else is to be said of the run, by the names of facets.</summary>
    public JsonObject? RunFacets { get; init; }

    /// <summary>The files that an answer was given, and whether it names them as sources.</summary>
    public IReadOnlyList<(Guid File, bool IsCited)> AnswerFiles { get; init; } = [];
}
