using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace AiStack.Ingest.Parsing;

/// <summary>A line of a page. An empty one parts paragraphs.</summary>
/// <param name="Size">The size of its letters in points; 0 when it is not known.</param>
/// <param name="Height">Where it stands: 0 is the lower edge of the page, 1 the upper.</param>
internal sealed record PdfLine(int Page, string Text, double Size, double Height)
{
    public bool IsBlank => Text.Length == 0;

    public static IEnumerable<PdfLine> Of(Page page)
    {
        var text = ContentOrderTextExtractor.GetText(page, addDoubleNewline: true).ReplaceLineEndings("\n");
        var letters = new LetterReader(page.Letters);
        foreach (var line in text.Split('\n'))
        {
            var (size, baseline) = letters.Read(line);
            yield return new(page.Number, line.Trim(), size, page.Height > 0 ? baseline / page.Height : 0);
        }
    }

    /// <summary>
    /// Finds the letters that a line was made of. The extractor takes them in order and changes only the white space
    /// between them; should that ever not hold, sizes are unknown from there on, and nothing else is lost.
    /// </summary>
    private sealed class LetterReader(IReadOnlyList<Letter> letters)
    {
        private int _letter;
        private int _character;
        private bool _isLost;

        public (double Size, double Baseline) Read(string line)
        {
            var (size, baseline) = (0.0, 0.0);
            foreach (var c in line.Where(c => !char.IsWhiteSpace(c)))
            {
                if (_isLost || Next() is not { } letter || letter.Value[_character] != c)
                {
                    _isLost = true;
                    return (0, 0);
                }

                _character++;
                if (letter.PointSize > size)
                {
                    (size, baseline) = (letter.PointSize, letter.StartBaseLine.Y);
                }
            }

            return (Math.Round(size * 2) / 2, baseline);
        }

        private Letter? Next()
        {
            while (_letter < letters.Count)
            {
                var value = letters[_letter].Value;
                if (_character < value.Length && !char.IsWhiteSpace(value[_character]))
                {
                    return letters[_letter];
                }

                (_letter, _character) = _character < value.Length ? (_letter, _character + 1) : (_letter + 1, 0);
            }

            return null;
        }
    }
}
