namespace AiStack.TextAnalysis.Recognisers;

/// <summary>Something that was recognised in a text: what kind it is of, and where, in UTF-16 code units.</summary>
public readonly record struct Finding(string Kind, int Start, int Length)
{
    /// <summary>Behind its last code unit.</summary>
    public int End => Start + Length;

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
