using System.Diagnostics;

namespace AiStack.Console.Ask;

/// <summary>
/// The trace of one question. It begins here, and not with the circuit that the person's browser holds open for hours:
/// every call on the question's behalf carries it, so its trace is the question's alone.
/// </summary>
internal sealed class QuestionTrace : IDisposable
{
    private static readonly ActivitySource _source = new("AiStack.Console.Ask");

    private readonly Activity? _around;
    private readonly Activity? _activity;

    private QuestionTrace()
    {
        _around = Activity.Current;
        Activity.Current = null;
        _activity = _source.StartActivity("ask");
    }

    /// <summary>The trace's id; <c>null</c> where nothing listens to traces.</summary>
    public string? Id => _activity?.TraceId.ToString();

    public static QuestionTrace Start() => new();

    public void Dispose()
    {
        _activity?.Dispose();
        Activity.Current = _around;
    }
}
