namespace AiStack.ServiceDefaults.Authentication;

/// <summary>
/// Which files a caller sees where they are listed, read and managed, of those that are for some only.
/// </summary>
/// <param name="OfAll">All of them.</param>
/// <param name="Principals">Else those that are for one of these.</param>
public sealed record Sight(bool OfAll, string[] Principals)
{
    /// <summary>
    /// Who asks for a person sees what is for that person. Who asks for nobody in particular sees everything where the
    /// key may read files; search is another matter, and finds what is for everybody.
    /// </summary>
    public static Sight Of(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new(caller.Principals is null && caller.Has(Scopes.FilesRead), caller.PrincipalNames());
    }

    /// <summary>The same for what shows nothing of a file, such as taking it out of a store: for nobody in particular
    /// that takes no right to read.</summary>
    public static Sight ToManage(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Principals is null ? All : Of(caller);
    }

    /// <summary>Everything, whoever asks.</summary>
    public static Sight All { get; } = new(OfAll: true, []);
}
