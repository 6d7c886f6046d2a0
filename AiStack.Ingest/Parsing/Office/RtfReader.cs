using System.Globalization;
using System.Text;
using AiStack.Ingest.Parsing.Encodings;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// Reads the groups, words and letters of RTF. Groups nest without end in hostile files, so it is a loop.
/// </summary>
internal sealed class RtfReader(byte[] bytes, ParsingOptions limits, RtfText text, CancellationToken cancellationToken)
{
    private const int MaxWordLength = 32;

    private static readonly HashSet<string> _skipped =
    [
        "colortbl", "stylesheet", "pict", "object", "fldinst", "listtable", "listoverridetable", "revtbl", "rsidtbl",
        "generator", "xmlnstbl", "themedata", "colorschememapping", "latentstyles", "datastore", "filetbl", "bkmkstart",
        "bkmkend", "nonshppict", "pntext", "pnseclvl", "wgrffmtfilter", "mmathPr", "operator", "creatim", "revtim",
        "printim", "comment", "atnid", "atnauthor", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "tc", "xe",
    ];

    private readonly Stack<RtfState> _states = new();
    private readonly Dictionary<int, Encoding> _fonts = [];
    private readonly List<byte> _pending = [];
    private RtfState _state = new(Encoding: CodePages.Get(CodePages.Windows1252));
    private Encoding _default = CodePages.Get(CodePages.Windows1252);
    private int _font;
    private int _at;
    private int _toSkip;
    private bool _isIgnorable;

    public void Read()
    {
        while (_at < bytes.Length)
        {
            var b = bytes[_at++];
            switch (b)
            {
                case (byte)'{':
                    Flush();
                    cancellationToken.ThrowIfCancellationRequested();
                    _states.Push(_states.Count < limits.MaxDepth ? _state : throw ParsingLimit.TooDeep("RTF", limits));
                    _isIgnorable = false;
                    break;
                case (byte)'}':
                    Flush();
                    var before = _state;
                    _state = _states.TryPop(out var outer) ? outer : _state;
                    text.EndGroup(before, _state);
                    break;
                case (byte)'\\':
                    ReadWord();
                    break;
                case (byte)'\r' or (byte)'\n':
                    break;
                default:
                    AddByte(b);
                    break;
            }
        }

        Flush();
        text.End();
    }

    private void ReadWord()
    {
        if (_at >= bytes.Length)
        {
            return;
        }

        var first = (char)bytes[_at];
        if (!char.IsAsciiLetter(first))
        {
            _at++;
            ReadSign(first);
            return;
        }

        var start = _at;
        while (_at < bytes.Length && _at - start < MaxWordLength && char.IsAsciiLetter((char)bytes[_at]))
        {
            _at++;
        }

        var word = Encoding.ASCII.GetString(bytes, start, _at - start);
        start = _at;
        while (_at < bytes.Length && (char.IsAsciiDigit((char)bytes[_at]) || (_at == start && bytes[_at] == '-')))
        {
            _at++;
        }

        var digits = Encoding.ASCII.GetString(bytes, start, _at - start);
        int? number = int.TryParse(digits, CultureInfo.InvariantCulture, out var value) ? value : null;
        _at += _at < bytes.Length && bytes[_at] == ' ' ? 1 : 0;
        if (word == "bin" && number > 0)
        {
            _at = (int)Math.Min(bytes.Length, (long)_at + number.Value);
            return;
        }

        if (word == "u" && number is { } code)
        {
            Flush();
            Write(((char)code).ToString());
            _toSkip = _state.UnicodeSkip;
            return;
        }

        Flush();
        _toSkip = 0;
        Apply(word, number);
        _isIgnorable = false;
    }

    private void ReadSign(char sign)
    {
        switch (sign)
        {
            case '\'':
                if (_at + 2 <= bytes.Length
                    && byte.TryParse(bytes.AsSpan(_at, 2), NumberStyles.HexNumber, null, out var b))
                {
                    AddByte(b);
                }

                _at = Math.Min(_at + 2, bytes.Length);
                break;
            case '*':
                _isIgnorable = true;
                break;
            case '~':
                Flush();
                Write(" ");
                break;
            case '_':
                Flush();
                Write("-");
                break;
            case '\n' or '\r':
                Flush();
                Put(RtfMark.Paragraph);
                break;
            case '{' or '}' or '\\':
                AddByte((byte)sign);
                break;
        }
    }

    private void Apply(string word, int? number)
    {
        var isOn = number is not 0;
        switch (word)
        {
            case "ansicpg":
                _default = Find(number) ?? _default;
                _state = _state with { Encoding = _default };
                break;
            case "mac":
                _default = Find(10_000) ?? _default;
                _state = _state with { Encoding = _default };
                break;
            case "uc":
                _state = _state with { UnicodeSkip = Math.Clamp(number ?? 1, 0, 8) };
                break;
            case "fonttbl":
                _state = _state with { Place = RtfPlace.FontTable };
                break;
            case "f":
                _font = number ?? 0;
                _state = _state with { Encoding = _fonts.GetValueOrDefault(_font, _default) };
                break;
            case "fcharset" when _state.Place == RtfPlace.FontTable && RtfCharset.CodePage(number ?? 0) is { } page:
                _fonts[_font] = Find(page) ?? _default;
                break;
            case "plain":
                _state = _state with { IsHidden = false, IsStruck = false, IsDeleted = false };
                break;
            case "v":
                _state = _state with { IsHidden = isOn };
                break;
            case "strike" or "striked":
                _state = _state with { IsStruck = isOn };
                break;
            case "deleted":
                _state = _state with { IsDeleted = isOn };
                break;
            case "info":
                _state = _state with { Place = RtfPlace.Info, IsSkipped = true };
                break;
            case "title" or "author" or "subject" or "keywords" when _state.Place == RtfPlace.Info:
                _state = _state with { IsSkipped = false };
                text.BeginProperty(word);
                break;
            case "footnote" or "annotation":
                _state = _state with { Place = RtfPlace.Note, IsSkipped = false };
                break;
            case "header" or "headerl" or "headerr" or "headerf":
                _state = _state with { Place = RtfPlace.Header };
                break;
            case "footer" or "footerl" or "footerr" or "footerf":
                _state = _state with { Place = RtfPlace.Footer };
                break;
            default:
                if (_skipped.Contains(word)
                    || (_isIgnorable && word is not ("shpinst" or "shppict" or "listtext")))
                {
                    text.Skipped(word);
                    _state = _state with { IsSkipped = true };
                }
                else if (!_state.IsSkipped && RtfMarks.Of(word) is { } mark)
                {
                    Put(mark, number);
                }

                break;
        }
    }

    private void AddByte(byte b)
    {
        if (_toSkip > 0)
        {
            _toSkip--;
        }
        else
        {
            _pending.Add(b);
        }
    }

    /// <summary>Letters of more than one byte come as bytes one after another.</summary>
    private void Flush()
    {
        if (_pending.Count > 0)
        {
            var letters = (_state.Encoding ?? _default).GetString([.. _pending]);
            _pending.Clear();
            Write(letters);
        }
    }

    private void Write(string letters)
    {
        if (!_state.IsSkipped && _state.Place != RtfPlace.FontTable)
        {
            text.Write(letters, _state);
        }
    }

    private void Put(RtfMark mark, int? number = null)
    {
        if (!_state.IsSkipped)
        {
            text.Put(mark, number, _state);
        }
    }

    private static Encoding? Find(int? codePage)
    {
        try
        {
            return codePage is { } page ? CodePages.Get(page) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

/// <summary>The code pages of Windows's character sets, as fonts name them.</summary>
internal static class RtfCharset
{
    public static int? CodePage(int charset) => charset switch
    {
        0 => CodePages.Windows1252,
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => CodePages.Windows1250,
        _ => null,
    };
}
