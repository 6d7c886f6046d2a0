using System.Runtime.CompilerServices;

namespace AiStack.Retrieval.VectorStores;

/// <summary>
/// A request of which some fields change something when they are null, and nothing when they are left out: only a
/// field that the request has is set as it is read.
/// </summary>
internal abstract record PartialRequest
{
    private readonly HashSet<string> _given = [];

    /// <summary>True when the request has this field, even as null.</summary>
    /// <param name="field">The property's name.</param>
    public bool Has(string field) => _given.Contains(field);

    /// <summary>For the property's <c>init</c>: notes that the request has it.</summary>
    protected T Given<T>(T value, [CallerMemberName] string field = "")
    {
        _given.Add(field);
        return value;
    }
}
