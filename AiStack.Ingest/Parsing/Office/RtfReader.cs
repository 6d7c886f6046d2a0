using System.Globalization;
using System.Text;

namespace AiStack.Ingest.Parsing.Office;

/// <summary>
/// Reads the groups, words and letters of RTF. Groups nest without end in hostile files, so it is a loop.
/// </summary>
internal sealed class RtfReader(byte[] bytes, ParsingOptions limits, RtfText text, CancellationToken cancellationToken)
{
    private const int MaxWordLength = 32;

    private readonly Stack<RtfState> _states = new();
    private readonly List<byte> _pending = [];
    private readonly RtfWords _words = new(text);
    private RtfState _state = new();
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
            Write(RtfSign.Text((char)code));
            _toSkip = _state.UnicodeSkip;
            return;
        }

        Flush();
        _toSkip = 0;
        _state = _words.Apply(word, number, _state, _isIgnorable);
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
            var letters = (_state.Encoding ?? _words.DefaultEncoding).GetString([.. _pending]);
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
}
