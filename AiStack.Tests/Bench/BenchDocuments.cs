using System.Diagnostics;

namespace AiStack.Tests.Bench;

/// <summary>What other programs read in documents: pandoc, and Mozilla's readability in pages.</summary>
/// <param name="nodeModules">The folder of node's packages that readability and jsdom are in; null without.</param>
internal sealed class BenchDocuments(string? nodeModules)
{
    private const string Readability = """
        const { JSDOM } = require('jsdom');
        const { Readability } = require('@mozilla/readability');
        const bytes = require('fs').readFileSync(process.argv[1]);
        let html;
        try { html = new TextDecoder('utf-8', { fatal: true }).decode(bytes); } catch { html = bytes; }
        const page = new JSDOM(html);
        const blocks = 'p,div,li,td,th,tr,h1,h2,h3,h4,h5,h6,pre,blockquote,figure,figcaption,br,dt,dd,section';
        const article = new Readability(page.window.document).parse();
        if (article) {
            const body = new JSDOM(article.content).window.document;
            body.querySelectorAll(blocks).forEach(block => { block.before('\n'); block.append('\n'); });
            process.stdout.write(article.title + '\n' + body.documentElement.textContent);
        }
        """;

    public static bool HasPandoc => File.Exists("/usr/bin/pandoc");

    /// <summary>A file's format and the text in it by another program; null where none reads it.</summary>
    public async Task<(string Format, string Text)?> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var extension = Path.GetExtension(file).ToLowerInvariant();
        return extension switch
        {
            ".docx" or ".odt" or ".epub" or ".rtf" or ".ipynb" =>
                (extension[1..].ToUpperInvariant(), await PandocAsync(extension[1..], file, cancellationToken)),
            ".html" or ".htm" when nodeModules is not null =>
                ("HTML, articles", await RunAsync("node", ["-e", Readability, file], cancellationToken)),
            ".html" or ".htm" => ("HTML", await PandocAsync("html", file, cancellationToken)),
            _ => null,
        };
    }

    private Task<string> PandocAsync(string format, string file, CancellationToken cancellationToken) => RunAsync(
        "pandoc", ["-f", format, "-t", "plain", "--wrap=none", "--columns=2000", file], cancellationToken);

    private async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = nodeModules;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await errors;
        await process.WaitForExitAsync(cancellationToken);
        return text;
    }
}
