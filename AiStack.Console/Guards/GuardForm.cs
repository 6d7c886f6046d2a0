namespace AiStack.Console.Guards;

/// <summary>A policy while it is changed.</summary>
internal sealed class GuardForm
{
    private const string Off = "off";

    private readonly Row _pii;
    private readonly Row _secrets;
    private readonly Row _injection;
    private readonly Row _topics;
    private readonly Row _size;

    public GuardForm(PolicyView policy)
    {
        _pii = new("Personal details", "addresses, numbers, accounts, cards")
        {
            Input = policy.Pii.Input, Passages = policy.Pii.Passages, Output = policy.Pii.Output,
        };
        _secrets = new("Secrets", "keys, tokens, passwords")
        {
            Input = policy.Secrets.Input, Passages = policy.Secrets.Passages, Output = policy.Secrets.Output,
        };
        _injection = new("Injection", "orders smuggled into texts", HasOutput: false)
        {
            Input = policy.Injection.Input, Passages = policy.Injection.Passages,
        };
        _topics = new("Topics", "the words below")
        {
            Input = policy.Topics.Input, Passages = policy.Topics.Passages, Output = policy.Topics.Output,
        };
        _size = new("Size", "more characters than below", HasPassages: false, HasOutput: false, CanMask: false)
        {
            Input = policy.Size.Input,
        };
        Phrases = string.Join('\n', policy.Topics.Phrases ?? []);
        MaxCharacters = policy.Size.MaxCharacters;
    }

    public IReadOnlyList<Row> Rows => [_pii, _secrets, _injection, _topics, _size];

    public string Phrases { get; set; }

    public int? MaxCharacters { get; set; }

    public IReadOnlyList<string> PhraseList =>
        Phrases.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public PolicyView Read() => new(
        new(_pii.Input, _pii.Passages, _pii.Output),
        new(_secrets.Input, _secrets.Passages, _secrets.Output),
        new(_injection.Input, _injection.Passages),
        new(_topics.Input, _topics.Passages, _topics.Output, PhraseList),
        new(_size.Input, MaxCharacters));

    /// <param name="Finds">What it finds, in a few words.</param>
    internal sealed record Row(
        string Title, string Finds, bool HasPassages = true, bool HasOutput = true, bool CanMask = true)
    {
        public string Input { get; set; } = Off;

        public string Passages { get; set; } = Off;

        public string Output { get; set; } = Off;
    }
}
