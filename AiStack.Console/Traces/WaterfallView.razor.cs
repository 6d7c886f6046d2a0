using System.Globalization;
using AiStack.Console.Telemetry.Traces;
using AiStack.Console.Telemetry.View;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AiStack.Console.Traces;

/// <summary>The rows of a trace under a ruler of time, to be walked with the keyboard or the pointer.</summary>
public sealed partial class WaterfallView
{
    /// <summary>In pixels; the style sheet has the same.</summary>
    public const int RowHeight = 30;

    /// <summary>How far a page key moves.</summary>
    private const int PageOfRows = 15;

    private readonly Dictionary<TraceRow, int> _places = new(ReferenceEqualityComparer.Instance);
    private RowList? _rows;
    private string _text = "";
    private string? _found;
    private string? _revealed; // The span that was brought into view last; null to bring the current one there again.

    [Parameter, EditorRequired]
    public required Waterfall Waterfall { get; set; }

    /// <summary>What the trace waited for, where the person wants to see it.</summary>
    [Parameter]
    public CriticalPath? Path { get; set; }

    /// <summary>The person wants the details of a span.</summary>
    [Parameter]
    public EventCallback<TraceRow> OnOpen { get; set; }

    /// <summary>Whether details are open, and so have to follow the current row.</summary>
    [Parameter]
    public bool HasDetails { get; set; }

    /// <summary>Another row is current while details are open.</summary>
    [Parameter]
    public EventCallback<TraceRow> OnMoved { get; set; }

    [Parameter]
    public EventCallback<bool> OnPath { get; set; }

    private Trace Trace => Waterfall.Trace!;

    private ICollection<TraceRow> Items => (ICollection<TraceRow>)Waterfall.Visible;

    public ValueTask FocusAsync() => _rows?.FocusAsync() ?? ValueTask.CompletedTask;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var current = Waterfall.Current?.Span.SpanId;
        if (current != _revealed && Waterfall.CurrentIndex >= 0 && _rows is not null)
        {
            _revealed = current;
            await _rows.RevealAsync(Waterfall.CurrentIndex, RowHeight);
        }
    }

    private async Task PressAsync(string key)
    {
        switch (key)
        {
            case "ArrowDown":
                Waterfall.Move(1);
                break;
            case "ArrowUp":
                Waterfall.Move(-1);
                break;
            case "PageDown":
                Waterfall.Move(PageOfRows);
                break;
            case "PageUp":
                Waterfall.Move(-PageOfRows);
                break;
            case "Home":
                Waterfall.Move(-Waterfall.Visible.Count);
                break;
            case "End":
                Waterfall.Move(Waterfall.Visible.Count);
                break;
            case "ArrowLeft":
                Waterfall.Left();
                break;
            case "ArrowRight":
                Waterfall.Right();
                break;
            case "Enter" or " " when Waterfall.Current is { } row:
                await OnOpen.InvokeAsync(row);
                return;
            default:
                return;
        }

        await MovedAsync();
    }

    private async Task PressInFindAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Enter")
        {
            await FindAsync();
        }
    }

    private async Task FindAsync()
    {
        var text = _text.Trim();
        if (text.Length > 0)
        {
            var isThere = Waterfall.GoToNext(span => IsLike(span, text));
            _found = isThere ? null : $"No span has “{text}”.";
            await MovedAsync();
        }
    }

    private async Task NextErrorAsync()
    {
        Waterfall.GoToNext(span => span.Status == SpanStatus.Error);
        await MovedAsync();
    }

    private async Task ChooseAsync(TraceRow row)
    {
        Waterfall.GoTo(row.Span.SpanId);
        await OnOpen.InvokeAsync(row);
    }

    private void Toggle(TraceRow row) => Waterfall.Toggle(row);

    private async Task MovedAsync()
    {
        _revealed = null;
        if (HasDetails && Waterfall.Current is { } row)
        {
            await OnMoved.InvokeAsync(row);
        }
    }

    // A row's place, from 1: only rows in view are asked for, but each of them at each move.
    private int Index(TraceRow row)
    {
        if (!_places.TryGetValue(row, out var place)
            || place >= Waterfall.Visible.Count
            || !ReferenceEquals(Waterfall.Visible[place], row))
        {
            _places.Clear();
            for (var i = 0; i < Waterfall.Visible.Count; i++)
            {
                _places[Waterfall.Visible[i]] = i;
            }

            place = _places.GetValueOrDefault(row);
        }

        return place;
    }

    private string Left(TimeSpan mark) => string.Create(
        CultureInfo.InvariantCulture, $"left: {Waterfall.BarOf(mark, TimeSpan.Zero)?.Left ?? 0:0.###}%");

    private static string IdOf(TraceRow row) => $"span-{row.Span.SpanId}";

    private static bool IsLike(Span span, string text) =>
        span.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
        || span.Resource.Service.Contains(text, StringComparison.OrdinalIgnoreCase)
        || span.SpanId.Equals(text, StringComparison.OrdinalIgnoreCase)
        || span.StatusMessage?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || TraceMatch.HasText(span.Attributes, text);
}
