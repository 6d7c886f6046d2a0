namespace AiStack.TextAnalysis.Recognisers;

/// <summary>Something that was recognised in a text: what kind it is of, and where, in UTF-16 code units.</summary>
public readonly record struct Finding(string Kind, int Start, int Length)
{
    /// <summary>Behind its last code unit.</summary>
    public int End => Start + Length;

    /// <summary>
    /// All of them, in their order, those that overlap as one: of the kind of the first, to the end of the last.
    /// </summary>
    public static List<Finding> Merged(IEnumerable<Finding> findings)
    {
        List<Finding> merged = [];
        foreach (var finding in findings.OrderBy(each => each.Start).ThenByDescending(each => each.Length))
        {
            if (merged.Count == 0 || finding.Start >= merged[^1].End)
            {
                merged.Add(finding);
            }
            else if (finding.End > merged[^1].End)
            {
                merged[^1] = merged[^1] with { Length = finding.End - merged[^1].Start };
            }
        }

        return merged;
    }

    /// <summary>
    /// Those that overlap no other, in their order: of two that do, the one that begins first stays, then the longer.
    /// </summary>
    public static List<Finding> Apart(IEnumerable<Finding> findings)
    {
        List<Finding> apart = [];
        foreach (var finding in findings.OrderBy(each => each.Start).ThenByDescending(each => each.Length))
        {
            if (apart.Count == 0 || finding.Start >= apart[^1].End)
            {
                apart.Add(finding);
            }
        }

        return apart;
    }
}
