using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Outline.Destinations;
using UglyToad.PdfPig.Tokens;

namespace AiStack.Ingest.Parsing.Pdf;

/// <summary>
/// Counts the drawings (form XObjects) that a page draws, those within others included, before PdfPig draws them: it
/// follows two that draw one another until the stack is full, which ends the process, and ten that each draw the next
/// ten times until the memory is.
/// </summary>
internal sealed class PdfNesting
{
    /// <summary>A map of many layers draws some thousand.</summary>
    private const int MaxDrawn = 50_000;
    private const int MaxDepth = 100;
    private const int FewDrawn = 200;

    private readonly PdfDocument _pdf;
    private readonly Dictionary<IndirectReference, Form> _forms = [];

    public PdfNesting(PdfDocument pdf)
    {
        _pdf = pdf;
        pdf.AddPageFactory(new PageResources(Direct));
    }

    /// <summary>Whether the page can be drawn in a time and a depth that have an end.</summary>
    public bool IsBounded(int page)
    {
        var (resources, content) = _pdf.GetPage<Resources>(page);
        var around = resources.ConvertAll(XObjects);
        var named = around.SelectMany(named => named).DistinctBy(drawing => drawing.Key)
            .Where(drawing => FormOf(drawing.Value) is not null).ToList();

        // Most pages have no drawing, or few that draw little: what of them is drawn needs no look.
        if (named.Sum(drawing => Drawn(drawing.Key, drawing.Value, around, [])) < FewDrawn)
        {
            return true;
        }

        var names = new Dictionary<string, int>();
        foreach (var stream in content)
        {
            CountNames(stream.Decode(DefaultFilterProvider.Instance).Span, names);
        }

        return named.Sum(drawing => names.GetValueOrDefault(drawing.Key)
            * Drawn(drawing.Key, drawing.Value, around, [])) <= MaxDrawn;
    }

    /// <summary>How many drawings one makes, with itself; past every limit if it comes back to itself.</summary>
    private long Drawn(
        string name, IndirectReference reference, List<Dictionary<string, IndirectReference>> around,
        List<IndirectReference> above)
    {
        if (FormOf(reference) is not { } form)
        {
            return 0;
        }

        if (above.Count > MaxDepth || above.Contains(reference))
        {
            return MaxDrawn + 1;
        }

        if (form.Drawn > 0)
        {
            return form.Drawn;
        }

        above.Add(reference);
        var drawn = 1L;
        foreach (var (inner, times) in form.Names)
        {
            var isOwn = form.XObjects.TryGetValue(inner, out var target);
            IndirectReference? drawing = isOwn ? target
                : around.Select(named => named.TryGetValue(inner, out var outer) ? (IndirectReference?)outer : null)
                    .FirstOrDefault(outer => outer is not null);

            // PdfPig itself leaves out what draws itself by its own name, if the drawing has that name.
            if (drawing is { } other && !(isOwn && inner == name && other.Equals(reference)) && drawn <= MaxDrawn)
            {
                drawn += times * Drawn(inner, other, around, above);
            }
        }

        above.RemoveAt(above.Count - 1);
        return form.Drawn = Math.Min(drawn, MaxDrawn + 1);
    }

    private Form? FormOf(IndirectReference reference)
    {
        if (_forms.TryGetValue(reference, out var known))
        {
            return known.IsForm ? known : null;
        }

        var stream = _pdf.Structure.GetObject(reference)?.Data as StreamToken;
        var isForm = stream is not null && stream.StreamDictionary.TryGet(NameToken.Subtype, out var subtype)
            && Direct(subtype) is NameToken { Data: "Form" };
        var resources = isForm && stream!.StreamDictionary.TryGet(NameToken.Resources, out var token)
            ? Direct(token) as DictionaryToken : null;
        var form = new Form(isForm, resources is null ? [] : XObjects(resources));
        _forms[reference] = form;
        var mayDraw = isForm && (resources is null || form.XObjects.Count > 0);
        if (mayDraw)
        {
            CountNames(stream!.Decode(DefaultFilterProvider.Instance).Span, form.Names);
        }

        return isForm ? form : null;
    }

    private Dictionary<string, IndirectReference> XObjects(DictionaryToken resources)
    {
        var named = new Dictionary<string, IndirectReference>();
        if (resources.TryGet(NameToken.Xobject, out var token) && Direct(token) is DictionaryToken xobjects)
        {
            foreach (var (name, value) in xobjects.Data)
            {
                if (value is IndirectReferenceToken reference)
                {
                    named[name] = reference.Data;
                }
            }
        }

        return named;
    }

    private IToken? Direct(IToken token) =>
        token is IndirectReferenceToken reference ? _pdf.Structure.GetObject(reference.Data)?.Data : token;

    /// <summary>Counts <c>/Name Do</c> in a content stream.</summary>
    private static void CountNames(ReadOnlySpan<byte> content, Dictionary<string, int> names)
    {
        for (var at = content.IndexOf("Do"u8); at >= 0; at = content.IndexOf("Do"u8))
        {
            var before = content[..at].TrimEnd(" \t\r\n\f"u8);
            var slash = before.LastIndexOf((byte)'/');
            if (slash >= 0 && before.Length < at && before[slash..].IndexOfAny(" \t\r\n\f"u8) < 0)
            {
                var name = System.Text.Encoding.Latin1.GetString(before[(slash + 1)..]);
                names[name] = names.GetValueOrDefault(name) + 1;
            }

            content = content[(at + 2)..];
        }
    }

    private sealed class Form(bool isForm, Dictionary<string, IndirectReference> xobjects)
    {
        public bool IsForm => isForm;

        public Dictionary<string, IndirectReference> XObjects => xobjects;

        public Dictionary<string, int> Names { get; } = [];

        public long Drawn { get; set; }
    }

    /// <summary>A page's resources, and those that it inherits; and its content.</summary>
    private sealed record Resources(List<DictionaryToken> All, List<StreamToken> Content);

    private sealed class PageResources(Func<IToken, IToken?> direct) : IPageFactory<Resources>
    {
        public Resources Create(
            int number, DictionaryToken dictionary, PageTreeMembers pageTreeMembers,
            NamedDestinations namedDestinations)
        {
            var own = dictionary.TryGet(NameToken.Resources, out var token) ? direct(token) as DictionaryToken : null;
            var content = dictionary.TryGet(NameToken.Contents, out var parts) ? direct(parts) : null;
            return new(
                [.. own is null ? [] : new[] { own }, .. pageTreeMembers.ParentResources],
                [.. (content is ArrayToken array ? array.Data.Select(direct) : [content]).OfType<StreamToken>()]);
        }
    }
}
