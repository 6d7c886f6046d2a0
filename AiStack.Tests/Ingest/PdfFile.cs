using System.Text;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace AiStack.Tests.Ingest;

/// <summary>Makes PDFs: good ones by PdfPig's writer, bad ones by hand.</summary>
internal static class PdfFile
{
    /// <summary>A line of a page: its words, its size in points, and how far above the lower edge it stands.</summary>
    public sealed record Line(string Text, double Y, double Size = 10, double X = 50);

    /// <summary>One page with one sentence, encrypted with a password to open it, by qpdf.</summary>
    public static byte[] WithPassword { get; } = Convert.FromBase64String(
        """
        JVBERi0xLjcKJb/3ov4KMSAwIG9iago8PCAvUGFnZXMgMiAwIFIgL1R5cGUgL0NhdGFsb2cgPj4KZW5kb2JqCjIgMCBvYmoKPDwgL0Nv
        dW50IDEgL0tpZHMgWyAzIDAgUiBdIC9UeXBlIC9QYWdlcyA+PgplbmRvYmoKMyAwIG9iago8PCAvQ29udGVudHMgNCAwIFIgL01lZGlh
        Qm94IFsgMCAwIDMwMCAyMDAgXSAvUGFyZW50IDIgMCBSIC9SZXNvdXJjZXMgPDwgL0ZvbnQgPDwgL0YgNSAwIFIgPj4gPj4gL1R5cGUg
        L1BhZ2UgPj4KZW5kb2JqCjQgMCBvYmoKPDwgL0xlbmd0aCA2MiAvRmlsdGVyIC9GbGF0ZURlY29kZSA+PgpzdHJlYW0K4HntWwvrkVs3
        bDa7+A765MUeXg8CAm+HDqTMa8KRasLODupMmIURXvzftHwB1HpRZsPwTp17qSV/DMLlq+1lbmRzdHJlYW0KZW5kb2JqCjUgMCBvYmoK
        PDwgL0Jhc2VGb250IC9IZWx2ZXRpY2EgL1N1YnR5cGUgL1R5cGUxIC9UeXBlIC9Gb250ID4+CmVuZG9iago2IDAgb2JqCjw8IC9GaWx0
        ZXIgL1N0YW5kYXJkIC9MZW5ndGggMTI4IC9PIDwwZGI1ODU1ZmM1MzI2NTY5ZTc2NTkwNmNhZjY0ZTQ0MjlhNGMyMGQ2ZTk5NmZkZWY5
        NjNlOWI1MDgwZjllMDgzPiAvUCAtNCAvUiAzIC9VIDwzMmRhZWI0YmI1ZTAzY2M2ODJiZDQ1ZmFkZWQ2NDhkNTAxMjI0NTZhOTFiYWU1
        MTM0MjczYTZkYjEzNGM4N2M0PiAvViAyID4+CmVuZG9iagp4cmVmCjAgNwowMDAwMDAwMDAwIDY1NTM1IGYgCjAwMDAwMDAwMTUgMDAw
        MDAgbiAKMDAwMDAwMDA2NCAwMDAwMCBuIAowMDAwMDAwMTIzIDAwMDAwIG4gCjAwMDAwMDAyNTAgMDAwMDAgbiAKMDAwMDAwMDM4MiAw
        MDAwMCBuIAowMDAwMDAwNDUyIDAwMDAwIG4gCnRyYWlsZXIgPDwgL1Jvb3QgMSAwIFIgL1NpemUgNyAvSUQgWzwwMDY2Y2FjOTM2NTJm
        ZTM2MmQyNzFhNjAwYjg2MDhmZT48MDA2NmNhYzkzNjUyZmUzNjJkMjcxYTYwMGI4NjA4ZmU+XSAvRW5jcnlwdCA2IDAgUiA+PgpzdGFy
        dHhyZWYKNjU5CiUlRU9GCg==
        """);

    public static byte[] OfPage(params Line[] lines) => Of([lines]);

    public static byte[] Of(params Line[][] pages)
    {
        using var builder = new PdfDocumentBuilder();
        var font = builder.AddStandard14Font(Standard14Font.Helvetica);
        foreach (var lines in pages)
        {
            var page = builder.AddPage(PageSize.A4);
            foreach (var line in lines)
            {
                page.AddText(line.Text, line.Size, new PdfPoint(line.X, line.Y), font);
            }
        }

        return builder.Build();
    }

    /// <summary>A PDF of these objects, numbered from 1; the first is the catalog.</summary>
    public static byte[] OfObjects(params string[] objects)
    {
        var text = new StringBuilder("%PDF-1.7\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(text.Length);
            text.Append($"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        var table = text.Length;
        text.Append($"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
        {
            text.Append($"{offset:D10} 00000 n \n");
        }

        text.Append($"trailer<</Size {objects.Length + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    public static string Stream(string content, string entries = "") =>
        $"<<{entries}/Length {content.Length}>>\nstream\n{content}\nendstream";
}
