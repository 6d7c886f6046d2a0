using System.Text;
using AiStack.Ingest.Parsing.Encodings;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// What the words of RTF say of the text that follows them: how it is encoded, where it stands, whether it shows.
/// </summary>
internal sealed class RtfWords(RtfText text)
{
    private static readonly HashSet<string> _skipped =
    [
        "colortbl", "stylesheet", "pict", "object", "fldinst", "listtable", "listoverridetable", "revtbl", "rsidtbl",
        "generator", "xmlnstbl", "themedata", "colorschememapping", "latentstyles", "datastore", "filetbl", "bkmkstart",
        "bkmkend", "nonshppict", "pntext", "pnseclvl", "wgrffmtfilter", "mmathPr", "operator", "creatim", "revtim",
        "printim", "comment", "atnid", "atnauthor", "ftnsep", "ftnsepc", "sn", "sv", "aftnsep", "aftnsepc", "tc", "xe",
    ];

    private readonly Dictionary<int, Encoding> _fonts = [];
    private int _font;

    /// <summary>The encoding of letters whose font names none.</summary>
    public Encoding DefaultEncoding { get; private set; } = CodePages.Get(CodePages.Windows1252);

    /// <summary>What the text is after a word that comes in it.</summary>
    /// <param name="isIgnorable">Whether who does not know the group's first word is to pass over the group.</param>
    public RtfState Apply(string word, int? number, RtfState state, bool isIgnorable)
    {
        var isOn = number is not 0;
        switch (word)
        {
            case "ansicpg":
                DefaultEncoding = RtfCharset.Find(number) ?? DefaultEncoding;
                return state with { Encoding = DefaultEncoding };
            case "mac":
                DefaultEncoding = RtfCharset.Find(10_000) ?? DefaultEncoding;
                return state with { Encoding = DefaultEncoding };
            case "uc":
                return state with { UnicodeSkip = Math.Clamp(number ?? 1, 0, 8) };
            case "fonttbl":
                return state with { Place = RtfPlace.FontTable };
            case "f":
                _font = number ?? 0;
                return state with { Encoding = _fonts.GetValueOrDefault(_font, DefaultEncoding) };
            case "fcharset" when state.Place == RtfPlace.FontTable && RtfCharset.CodePage(number ?? 0) is { } page:
                _fonts[_font] = RtfCharset.Find(page) ?? DefaultEncoding;
                break;
            case "plain":
                return state with { IsHidden = false, IsStruck = false, IsDeleted = false };
            case "v":
                return state with { IsHidden = isOn };
            case "strike" or "striked":
                return state with { IsStruck = isOn };
            case "deleted":
                return state with { IsDeleted = isOn };
            case "info":
                return state with { Place = RtfPlace.Info, IsSkipped = true };
            case "title" or "author" or "subject" or "keywords" when state.Place == RtfPlace.Info:
                text.BeginProperty(word);
                return state with { IsSkipped = false };
            case "footnote" or "annotation":
                return state with { Place = RtfPlace.Note, IsSkipped = false };
            case "header" or "headerl" or "headerr" or "headerf":
                return state with { Place = RtfPlace.Header };
            case "footer" or "footerl" or "footerr" or "footerf":
                return state with { Place = RtfPlace.Footer };
            default:
                if (_skipped.Contains(word)
                    || (isIgnorable && word is not ("shpinst" or "shppict" or "listtext")))
                {
                    text.Skipped(word);
                    return state with { IsSkipped = true };
                }

                if (!state.IsSkipped && RtfMarks.Of(word) is { } mark)
                {
                    text.Put(mark, number, state);
                }

                break;
        }

        return state;
    }
}
