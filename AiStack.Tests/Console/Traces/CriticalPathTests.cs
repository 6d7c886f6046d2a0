using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Traces;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Traces;

/// <summary>What a trace waited for, and how long a span was at its own work.</summary>
public sealed class CriticalPathTests
{
    [Fact]
    public void The_pieces_cover_the_first_span_exactly_once() =>
        MadeTraces.Any.Sample(trace =>
        {
            var path = CriticalPath.Through(trace);
            var first = trace.Rows[0];

            var pieces = trace.Rows.SelectMany(row => path.Of(row)).OrderBy(piece => piece.From).ToList();

            var at = first.Offset;
            foreach (var piece in pieces)
            {
                Assert.Equal(at, piece.From);
                at = piece.To;
            }

            Assert.Equal(first.Offset + first.Span.Duration, at);
        });

    [Fact]
    public void Each_piece_is_within_its_own_span() =>
        MadeTraces.Any.Sample(trace =>
        {
            var path = CriticalPath.Through(trace);
            Assert.All(trace.Rows, row => Assert.All(path.Of(row), piece =>
            {
                Assert.True(piece.From >= row.Offset);
                Assert.True(piece.To <= row.Offset + row.Span.Duration);
            }));
        });

    [Fact]
    public void A_question_waited_for_its_search_and_its_model_and_in_between_for_itself()
    {
        var trace = MadeTraces.Question();
        var path = CriticalPath.Through(trace);

        Assert.Equal([Piece(90, 100), Piece(60, 70), Piece(0, 10)], path.Of(trace.Rows[0]));
        Assert.Equal([Piece(40, 60), Piece(10, 20)], path.Of(trace.Rows[1]));
        Assert.Equal([Piece(20, 40)], path.Of(trace.Rows[2]));
        Assert.Equal([Piece(70, 90)], path.Of(trace.Rows[3]));
    }

    [Fact]
    public void Own_time_is_every_moment_in_which_no_part_went_on() =>
        MadeTraces.OfOneClock.Sample(trace =>
        {
            for (var place = 0; place < trace.Rows.Count; place++)
            {
                Assert.Equal(ByTheMillisecond(trace, place), SelfTime.Of(trace.Rows, trace.Rows[place]));
            }
        });

    private static TimeSpan ByTheMillisecond(Trace trace, int place)
    {
        var row = trace.Rows[place];
        var parts = trace.Rows.Skip(place + 1).Take(row.Descendants)
            .Where(part => part.Depth == row.Depth + 1).ToList();
        var (from, to) = ((int)row.Offset.TotalMilliseconds, (int)(row.Offset + row.Span.Duration).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Enumerable.Range(from, to - from).Count(at => !parts.Any(part =>
            part.Offset.TotalMilliseconds <= at && (part.Offset + part.Span.Duration).TotalMilliseconds > at)));
    }

    private static CriticalPiece Piece(int from, int to) =>
        new(TimeSpan.FromMilliseconds(from), TimeSpan.FromMilliseconds(to));
}
