namespace AiStack.Console.Resources;

/// <summary>Who uses whom, and what that means for a stop.</summary>
internal sealed class Dependencies(IReadOnlyList<Resource> resources)
{
    /// <summary>The services that use a part, by themselves or by way of another, in the host's order.</summary>
    public IReadOnlyList<Resource> UsersOf(string name)
    {
        HashSet<string> found = new(StringComparer.Ordinal) { name };
        int before;
        do
        {
            before = found.Count;
            found.UnionWith([.. resources.Where(user => user.Uses.Any(found.Contains)).Select(user => user.Name)]);
        }
        while (found.Count > before);

        return [.. resources.Where(user => user.Name != name && !user.IsJob && found.Contains(user.Name))];
    }

    /// <summary>
    /// The uses that are not implied by others: what a part uses by way of another is left out, so that a picture of
    /// them can be read.
    /// </summary>
    public IReadOnlyList<(string User, string Used)> Direct()
    {
        var parts = resources.Where(resource => !resource.IsJob).ToList();
        return
        [
            .. from user in parts
               from used in user.Uses
               where !user.Uses.Any(other => other != used && UsersOf(used).Any(way => way.Name == other))
               select (user.Name, used),
        ];
    }
}
