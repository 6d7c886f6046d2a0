namespace AiStack.TextAnalysis;

/// <summary>How words are told apart in a script.</summary>
internal enum WordBreak
{
    /// <summary>By spaces, as in Latin, Cyrillic, Arabic or Devanagari.</summary>
    Spaces,

    /// <summary>Not by spaces, and words are short: Chinese, Japanese and Korean go by pairs of characters.</summary>
    Pairs,

    /// <summary>Not at all, and only a dictionary knows: Thai, Lao, Khmer and Burmese.</summary>
    Dictionary,
}

/// <summary>The scripts that matter for finding words and for telling languages, by their blocks in Unicode.</summary>
internal static class Script
{
    public static WordBreak BreakOf(int rune) => rune switch
    {
        < 0x0E00 => WordBreak.Spaces,
        < 0x0F00 or (>= 0x1000 and < 0x10A0) or (>= 0x1780 and < 0x1800) => WordBreak.Dictionary,
        (>= 0x3005 and <= 0x3007) or (>= 0x3040 and < 0x3100) or (>= 0x31F0 and < 0x3200) => WordBreak.Pairs,
        (>= 0x3400 and < 0x4DC0) or (>= 0x4E00 and < 0xA000) or (>= 0xF900 and < 0xFB00) => WordBreak.Pairs,
        (>= 0xAC00 and < 0xD7B0) or (>= 0x1100 and < 0x1200) or (>= 0x3130 and < 0x3190) => WordBreak.Pairs,
        >= 0x20000 and < 0x32000 => WordBreak.Pairs,
        _ => WordBreak.Spaces,
    };
}
