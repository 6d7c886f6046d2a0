using UglyToad.PdfPig;
using UglyToad.PdfPig.AcroForms.Fields;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>A field of a form that says something.</summary>
/// <param name="Name">What the form calls it, if that is meant for people.</param>
/// <param name="IsChecked">For a box to tick; else null, and the value is a text.</param>
internal sealed record PdfField(int? Page, PdfRectangle? Place, string Name, string Value, bool? IsChecked);

/// <summary>
/// What was filled into a document's form. It is no part of the pages' text: it is put there, behind its label.
/// </summary>
internal sealed class PdfForms(IReadOnlyList<PdfField> fields)
{
    private const int MaxFields = 20_000;

    private readonly HashSet<PdfField> _placed = [];

    public static PdfForms Of(PdfDocument pdf)
    {
        var fields = new List<PdfField>();
        if (pdf.TryGetForm(out var form) && form is not null)
        {
            foreach (var field in form.Fields)
            {
                Add(field, "", fields, 0);
            }
        }

        fields.AddRange(PdfXfa.Fields(pdf, [.. fields.Select(field => field.Value)]));

        return new(fields);
    }

    public int Count => fields.Count;

    /// <summary>The fields that stand on no page, as lines at the document's end.</summary>
    public IEnumerable<PdfLine> Rest(int page) => fields
        .Where(field => !_placed.Contains(field) && field.IsChecked != false)
        .Select(field => new PdfLine(page, Labeled(field), 0, 0)
        {
            Kind = PdfLineKind.Remark, Before = PdfBreak.Line,
        });

    /// <summary>The page's segments with what was filled in, each behind or below its label.</summary>
    public List<PdfSegment> Fill(Page page, List<PdfSegment> segments)
    {
        var labels = new PdfLabels([.. segments]);
        foreach (var field in fields.Where(field => field.Page == page.Number && field.Place is not null))
        {
            var place = OnPage(page, field.Place!.Value);
            _placed.Add(field);
            if (labels.Shows(field, place))
            {
                continue;
            }

            labels.Attach(field, place, Labeled(field));
        }

        return labels.Segments;
    }

    private static PdfRectangle OnPage(Page page, PdfRectangle place)
    {
        var (crop, box) = (page.CropBox.Bounds, place.Upright());
        return new(box.Left - crop.Left, box.Bottom - crop.Bottom, box.Right - crop.Left, box.Top - crop.Bottom);
    }

    private static string Labeled(PdfField field) => field.IsChecked switch
    {
        true => $"[x] {field.Name}".Trim(),
        false => $"[ ] {field.Name}".Trim(),
        null when field.Name.Length > 0 => $"{field.Name}: {field.Value}",
        _ => field.Value,
    };

    private static void Add(AcroFieldBase field, string parent, List<PdfField> fields, int depth)
    {
        const int MaxDepth = 32;
        if (fields.Count >= MaxFields || depth > MaxDepth)
        {
            return;
        }

        var name = NameOf(field) is { Length: > 0 } own ? own : parent;
        if (field is AcroNonTerminalField group)
        {
            foreach (var child in group.Children)
            {
                Add(child, name, fields, depth + 1);
            }

            return;
        }

        bool? isChecked = field switch
        {
            AcroCheckboxField box => box.IsChecked,
            AcroRadioButtonField button => button.IsSelected,
            _ => null,
        };
        var value = field switch
        {
            AcroTextField text => text.Value ?? "",
            AcroComboBoxField combo => Chosen(combo.Options, combo.SelectedOptions),
            AcroListBoxField list => Chosen(list.Options, list.SelectedOptions),
            _ => "",
        };
        if (isChecked is not null || !string.IsNullOrWhiteSpace(value))
        {
            fields.Add(new(field.PageNumber, field.Bounds, name, value.ReplaceLineEndings(" ").Trim(), isChecked));
        }
    }

    // What is chosen is said as programs know it; people are shown the option's name.
    private static string Chosen(IReadOnlyList<AcroChoiceOption> options, IReadOnlyList<string> selected) =>
        string.Join(", ", selected.Select(
            chosen => options.FirstOrDefault(option => option.ExportValue == chosen)?.Name ?? chosen));

    // Programs name fields for themselves, as in topmostSubform[0].f1_1[0]; people are shown the alternate name.
    private static string NameOf(AcroFieldBase field)
    {
        var name = field.Information.AlternateName ?? field.Information.PartialName ?? "";
        return name.Contains("[0]", StringComparison.Ordinal) ? "" : name.Trim();
    }
}
