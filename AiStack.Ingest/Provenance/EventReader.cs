using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using AiStack.Contracts;
using AiStack.Ingest.Lineage;

namespace AiStack.Ingest.Provenance;

/// <summary>
/// Reads an event by the rules of OpenLineage 2-0-2, and by our limits. What is wrong is said with its place in the
/// event. Facets are kept as they are: anybody may add some.
/// </summary>
internal sealed class EventReader
{
    public const int MaxDatasets = 1_000;
    public const int MaxBytes = 1 << 20;

    /// <summary>An index has it.</summary>
    public const int MaxJobName = 512;

    private const int MaxEdges = 10_000;

    private static readonly string[] _states = ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"];

    private readonly EventFields _fields = new();

    /// <param name="latest">The last time that it may say of itself: clocks differ, by less than a day.</param>
    public static Outcome<ReadEvent> Read(JsonElement json, DateTimeOffset latest)
    {
        if (JsonMarshal.GetRawUtf8Value(json).Length > MaxBytes)
        {
            return new Fault(FaultCode.InvalidArgument, $"An event has at most {MaxBytes} bytes.", "event");
        }

        // Before all else: what is no text cannot even be compared.
        if (Storable.Check(json) is (var place, var message))
        {
            return new Fault(FaultCode.InvalidArgument, message, place);
        }

        return Read(json) is var read && read.TryGet(out var known, out _) && known.Time > latest
            ? new Fault(
                FaultCode.InvalidArgument, "'eventTime' must be at most a day from now.", "eventTime")
            : read;
    }

    /// <summary>Reads one that was taken before.</summary>
    public static Outcome<ReadEvent> Read(JsonElement json)
    {
        var reader = new EventReader();
        var read = reader.ReadEvent(json);
        return reader._fields.Fault is { } fault ? fault : read!;
    }

    private ReadEvent? ReadEvent(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            _fields.Wrong("An event is a JSON object.", null);
            return null;
        }

        var time = Time(json);
        _fields.Uri(json, "producer", "producer");
        _fields.Uri(json, "schemaURL", "schemaURL");
        var run = _fields.Object(json, "run", "run");
        var job = _fields.Object(json, "job", "job");
        var dataset = _fields.Object(json, "dataset", "dataset");
        if (job is null && dataset is null)
        {
            _fields.Wrong("An event has a 'run' and a 'job', a 'job', or a 'dataset'.", "job");
        }
        else if (run is not null && job is null)
        {
            _fields.Wrong("A run is one of a job: 'job' is missing.", "job");
        }

        var (jobNamespace, jobName) = job is { } named ? (_fields.Name(named, "namespace", "job.namespace"),
            _fields.Name(named, "name", "job.name", MaxJobName)) : (null, null);
        if (jobNamespace?.StartsWith(LineageNames.Scheme, StringComparison.Ordinal) == true)
        {
            _fields.Wrong(
                $"Jobs in '{LineageNames.Scheme}' are AiStack's own: name yours by another.", "job.namespace");
        }

        Facets(run, "run");
        Facets(job, "job");
        var inputs = Datasets(json, "inputs");
        var outputs = dataset is { } one && job is null ? [Dataset(one, "dataset")] : Datasets(json, "outputs");
        outputs = [.. outputs, .. Entries(job)];
        if (outputs.Sum(output => output.Made?.Count ?? 0) > MaxEdges)
        {
            _fields.Wrong(
                $"An event may say of {MaxEdges} pairs that one was made from the other.", "job.facets.lineage");
        }

        var text = JsonSerializer.Serialize(json);
        return new(
            time, run is null ? (job is null ? "DATASET" : "JOB") : State(json), RunId(run), jobNamespace, jobName,
            inputs, outputs, SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)), text);
    }

    private DateTimeOffset Time(JsonElement json)
    {
        if (EventFields.Text(json, "eventTime") is { } text && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time.Year is >= 1970 and < 9999)
        {
            return time;
        }

        _fields.Wrong("'eventTime' must be a time as ISO 8601 writes it.", "eventTime");
        return default;
    }

    private string State(JsonElement json)
    {
        // The spec lets it be left out, for runs that only say more of themselves.
        var state = json.TryGetProperty("eventType", out _) ? EventFields.Text(json, "eventType") : "OTHER";
        if (!_states.Contains(state))
        {
            _fields.Wrong($"'eventType' must be one of {string.Join(", ", _states)}.", "eventType");
        }

        return state ?? "OTHER";
    }

    private Guid? RunId(JsonElement? run)
    {
        if (run is null)
        {
            return null;
        }

        if (Guid.TryParseExact(EventFields.Text(run.Value, "runId"), "D", out var id))
        {
            return id;
        }

        _fields.Wrong("'run.runId' must be a UUID.", "run.runId");
        return null;
    }

    private NamedDataset[] Datasets(JsonElement json, string field)
    {
        if (!json.TryGetProperty(field, out var array) || array.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > MaxDatasets)
        {
            _fields.Wrong($"'{field}' must be an array of at most {MaxDatasets} datasets.", field);
            return [];
        }

        return [.. array.EnumerateArray().Select((item, i) => Dataset(item, $"{field}[{i}]"))];
    }

    private NamedDataset Dataset(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            _fields.Wrong($"'{place}' must be an object.", place);
            return new("", "", false);
        }

        Facets(json, place);
        var facets = json.TryGetProperty("facets", out var some) && some.ValueKind == JsonValueKind.Object
            ? some : (JsonElement?)null;
        var isDropped = facets is { } of && of.TryGetProperty("lifecycleStateChange", out var change)
            && EventFields.Text(change, "lifecycleStateChange") == "DROP";
        return Named(json, place) with
        {
            IsDropped = isDropped,
            Made = facets is { } said && said.TryGetProperty("lineage", out var lineage)
                ? Inputs(lineage, $"{place}.facets.lineage") : null,
        };
    }

    /// <summary>The exact edges of a run: LineageJobFacet.</summary>
    private IEnumerable<NamedDataset> Entries(JsonElement? job)
    {
        const string Place = "job.facets.lineage.entries";
        if (job is not { } named || !named.TryGetProperty("facets", out var facets)
            || facets.ValueKind != JsonValueKind.Object || !facets.TryGetProperty("lineage", out var lineage)
            || lineage.ValueKind != JsonValueKind.Object || !lineage.TryGetProperty("entries", out var entries))
        {
            return [];
        }

        if (entries.ValueKind != JsonValueKind.Array || entries.GetArrayLength() > MaxDatasets)
        {
            _fields.Wrong($"'{Place}' must be an array of at most {MaxDatasets} entries.", Place);
            return [];
        }

        return [.. entries.EnumerateArray().Index()
            .Where(entry => EventFields.Text(entry.Item, "type") == "DATASET")
            .Select(entry => Named(entry.Item, $"{Place}[{entry.Index}]") with
            {
                Made = Inputs(entry.Item, $"{Place}[{entry.Index}]") ?? [],
            })];
    }

    private NamedDataset[]? Inputs(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("inputs", out var inputs))
        {
            return null;
        }

        if (inputs.ValueKind != JsonValueKind.Array || inputs.GetArrayLength() > MaxDatasets)
        {
            _fields.Wrong($"'{place}.inputs' must be an array of at most {MaxDatasets} inputs.", $"{place}.inputs");
            return null;
        }

        return [.. inputs.EnumerateArray().Index()
            .Where(input => EventFields.Text(input.Item, "type") == "DATASET")
            .Select(input => Named(input.Item, $"{place}.inputs[{input.Index}]"))];
    }

    private NamedDataset Named(JsonElement json, string place) => new(
        _fields.Name(json, "namespace", $"{place}.namespace") ?? "",
        _fields.Name(json, "name", $"{place}.name") ?? "",
        IsDropped: false);

    /// <summary>Whoever adds a facet says who it is and by which schema.</summary>
    private void Facets(JsonElement? of, string place)
    {
        foreach (var field in (string[])["facets", "inputFacets", "outputFacets"])
        {
            if (of is not { ValueKind: JsonValueKind.Object } json || !json.TryGetProperty(field, out var facets))
            {
                continue;
            }

            if (facets.ValueKind != JsonValueKind.Object)
            {
                _fields.Wrong($"'{place}.{field}' must be an object.", $"{place}.{field}");
                continue;
            }

            foreach (var facet in facets.EnumerateObject())
            {
                var named = $"{place}.{field}.{Storable.Short(facet.Name)}";
                if (facet.Value.ValueKind != JsonValueKind.Object)
                {
                    _fields.Wrong($"'{named}' must be an object.", named);
                    continue;
                }

                _fields.Uri(facet.Value, "_producer", $"{named}._producer");
                _fields.Uri(facet.Value, "_schemaURL", $"{named}._schemaURL");
            }
        }
    }
}
