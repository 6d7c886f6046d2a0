namespace AiStack.Console.Erasures;

/// <summary>What a person fills in to have something erased, or held.</summary>
public sealed class ErasureForm
{
    public string By { get; set; } = "person";

    /// <summary>An id, an end user, days, or ways to name a person, one a line.</summary>
    public string Of { get; set; } = "";

    public string Reason { get; set; } = "";

    public bool IsWhole => Of.Trim().Length > 0 && Reason.Trim().Length > 0;

    public string Label => By switch
    {
        "file" => "File’s id",
        "source" => "Source’s id",
        "store" => "Store’s id",
        "end_user" => "End user",
        "age" => "Older than, in days",
        _ => "Names, addresses and numbers of the person, one a line",
    };

    /// <summary>By which it is seen whether something was changed since.</summary>
    public string Print => $"{By}\n{Of}\n{Reason}";

    private string[] Lines => Of.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public object ToRequest(bool dryRun) => new
    {
        By,
        FileId = Only("file"),
        SourceId = Only("source"),
        Identifiers = By == "person" ? Lines : null,
        User = Only("end_user"),
        OlderThanDays = By == "age" ? int.TryParse(Of, out var days) ? days : 0 : (int?)null,
        Reason = Reason.Trim(),
        DryRun = dryRun,
    };

    public object ToHold() => new
    {
        Subject = By,
        FileId = Only("file"),
        SourceId = Only("source"),
        StoreId = Only("store"),
        Identifiers = By == "person" ? Lines : null,
        User = Only("end_user"),
        Reason = Reason.Trim(),
    };

    private string? Only(string by) => By == by ? Of.Trim() : null;
}
