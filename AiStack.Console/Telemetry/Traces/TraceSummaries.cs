namespace AiStack.Console.Telemetry.Traces;

/// <summary>Makes the one row of a trace from its spans.</summary>
internal static class TraceSummaries
{
    public static TraceSummary Of(string traceId, ArraySegment<Span> spans, int dropped)
    {
        var first = First(spans);
        var (start, end, errors, models, imported) = (spans[0].Start, spans[0].End, 0, false, false);
        foreach (var span in spans)
        {
            start = span.Start < start ? span.Start : start;
            end = span.End > end ? span.End : end;
            errors += span.Status == SpanStatus.Error ? 1 : 0;
            models |= GenAi.IsCall(span);
            imported |= span.Resource.IsImported;
        }

        return new()
        {
            TraceId = traceId,
            Name = first.Name,
            Service = first.Resource.Service,
            HasRoot = first.ParentSpanId is null,
            Start = start,
            Duration = end - start,
            SpanCount = spans.Count,
            ErrorCount = errors,
            Services = Services(spans),
            Models = models ? GenAi.UsageOf(spans) : null,
            DroppedSpans = dropped,
            IsImported = imported,
        };
    }

    private static Span First(ArraySegment<Span> spans)
    {
        var first = spans[0];
        foreach (var span in spans)
        {
            var isBetter = (span.ParentSpanId is null) == (first.ParentSpanId is null)
                ? span.Start < first.Start
                : span.ParentSpanId is null;
            first = isBetter ? span : first;
        }

        return first;
    }

    private static string[] Services(ArraySegment<Span> spans)
    {
        var first = spans[0].Resource.Service;
        return spans.All(span => span.Resource.Service == first)
            ? [first]
            : [.. spans.OrderBy(span => span.Start).Select(span => span.Resource.Service)
                .Distinct(StringComparer.Ordinal)];
    }
}
