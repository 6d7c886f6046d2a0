using System.Text;
using Xunit;

namespace AiStack.Tests.Ingest;

public sealed class TextParsingTests
{
    [Fact]
    public async Task Plain_text_keeps_its_lines_and_loses_control_characters_and_needless_white_space()
    {
        var document = await Parsing.TextAsync(
            "First\u0007 line  \r\nsecond\tline\r\n\r\n\r\n\r\nSoft\u00ADware\u200B.\n", "a.txt");

        Assert.Equal("First line\nsecond line\n\nSoftware.", document.Text);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task Text_with_a_byte_order_mark_is_read_in_its_encoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);

        var document = await Parsing.DocumentAsync(
            [.. encoding.GetPreamble(), .. encoding.GetBytes("Grüße 😀 あ")], "a.txt");

        Assert.Equal("Grüße 😀 あ", document.Text);
    }

    [Fact]
    public async Task Markdown_headings_make_sections_within_sections()
    {
        var document = await Parsing.TextAsync(
            "# Leave\n\nAll leave.\n\n## Parental\n\nTwenty weeks.\n\n# Travel\n\nBy train.", "a.md");

        Assert.Equal("Leave", document.HeadingOf("All leave."));
        Assert.Equal("Leave > Parental", document.HeadingOf("Twenty weeks."));
        Assert.Equal("Travel", document.HeadingOf("By train."));
    }

    [Fact]
    public async Task Markdown_lists_keep_their_numbers_their_nesting_and_what_else_an_item_holds()
    {
        var document = await Parsing.TextAsync(
            """
            3. Open the **valve**.
               - Slowly.

               | Bar | Turns |
               |---|---|
               | 2 | 1 |
            4. Wait.

               Ten minutes.
            """, "a.md");

        Assert.Equal(
            "3. Open the valve.\n  - Slowly.\n"
            + "   | Bar | Turns |\n   | --- | --- |\n   | 2 | 1 |\n4. Wait.\n   Ten minutes.",
            document.Text);
    }

    [Fact]
    public async Task Markdown_code_keeps_its_lines_and_indents()
    {
        var document = await Parsing.TextAsync(
            "Run:\n\n```sh\nif true; then\n    echo \"# no heading\"\nfi\n```\n", "a.md");

        Assert.Equal("Run:\n\nif true; then\n    echo \"# no heading\"\nfi", document.Text);
        Assert.DoesNotContain(document.Anchors, anchor => anchor.Heading is not null);
    }

    [Fact]
    public async Task Markdown_shows_what_its_reader_sees_of_html_links_comments_and_front_matter()
    {
        var document = await Parsing.TextAsync(
            """
            ---
            title: "Vault rules"
            draft: true
            ---
            <!-- secret -->
            See [the &amp; page](https://example.org/hidden) and ![a plan](plan.png).

            <details><summary>When?</summary><p>At nine.</p><script>alert(1)</script></details>
            """, "a.md");

        Assert.Equal("Vault rules\n\nSee the & page and a plan.\n\nWhen?\n\nAt nine.", document.Text);
        Assert.Equal("Vault rules", document.HeadingOf("At nine."));
    }

    [Fact]
    public async Task Html_gives_its_own_words_without_scripts_styles_and_navigation()
    {
        var document = await Parsing.TextAsync(
            """
            <!doctype html><html><head><title>Leave</title><style>p { color: red }</style></head><body>
            <nav>Home</nav><header>Acme</header><script>document.write("evil")</script>
            <h2>Parental<br>leave</h2><p>Twenty <b>weeks</b>.</p><p hidden>Ghost</p>
            <footer>Imprint</footer></body></html>
            """, "a.html");

        Assert.Equal("Leave\n\nAcme\n\nParental leave\n\nTwenty weeks.", document.Text);
        Assert.Equal("Leave > Parental leave", document.HeadingOf("Twenty"));
    }

    [Fact]
    public async Task Html_lists_and_tables_keep_their_items_and_cells_apart()
    {
        var document = await Parsing.TextAsync(
            """
            <ol start="2"><li>Open<ul><li>slowly</li></ul></li><li><p>Wait</p><p>long</p></li></ol>
            <table><caption>Grades</caption><tr><th>Grade</th><th>Days</th></tr>
            <tr><td>A<br>and B</td><td><p>25</p><p>or 30</p></td></tr></table>
            """, "a.html");

        Assert.Equal(
            "2. Open\n  - slowly\n3. Wait long\n\nGrades\n\n| Grade | Days |\n| --- | --- |\n| A and B | 25 or 30 |",
            document.Text);
    }

    [Fact]
    public async Task Html_that_style_rules_hide_is_left_out_by_the_rule_that_wins()
    {
        var document = await Parsing.TextAsync(
            """
            <html><head><style>.x, .y > p { display: none } .t { display: none } .t.on { display: block }
            #a { display: none } @media print { .z { display: none } } body { visibility: hidden }</style></head><body>
            <p class="x">HIDDEN</p><div class="y"><p>HIDDEN</p></div><p class="t">HIDDEN</p>
            <p class="t on">Open tab.</p>
            <p id="a" style="display: block">Shown.</p><p class="z">Not printed.</p></body></html>
            """, "a.html");

        Assert.Equal("Open tab.\n\nShown.\n\nNot printed.", document.Text);
        Assert.Equal(3, Assert.Single(document.Report.Findings).Count);
    }

    [Fact]
    public async Task Html_formulas_titles_of_tables_and_forms_keep_their_words()
    {
        var document = await Parsing.TextAsync(
            """
            <p><math><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac><mo>=</mo><msup><mi>x</mi>
            <mn>2</mn></msup></math></p><table><tr><th colspan="2">Prices 2024</th></tr><tr><th>A</th><th>B</th></tr>
            <tr><td>1</td><td>2</td></tr></table><form><label>Name <input value="Anna"></label></form>
            <p>Pay <del>100</del> 120.</p>
            """, "a.html");

        Assert.Equal(
            "(a + 1)/b = x^2\n\nPrices 2024\n\n| A | B |\n| --- | --- |\n| 1 | 2 |\n\nName Anna\n\nPay 120.",
            document.Text);
    }

    [Theory]
    [InlineData("sep=;\nA;B\n1,5;2\n3,5;4\n", "A: 1,5; B: 2\n\nA: 3,5; B: 4")]
    [InlineData(
        "Bericht;;;\nStand: Mai;;;\nTeil;Name;Lyon;Bremen\nP1;Ring;4;9\n",
        "Bericht\n\nStand: Mai\n\nTeil: P1; Name: Ring; Lyon: 4; Bremen: 9")]
    [InlineData(
        "Part;Qty;Price\nP1;1;2,50\n\nEmployee;City\nAnna;Lyon\n",
        "Part: P1; Qty: 1; Price: 2,50\n\nEmployee: Anna; City: Lyon")]
    [InlineData("Name,Age\nAnna,30\n\nPaul,40\n", "Name: Anna; Age: 30\n\nName: Paul; Age: 40")]
    [InlineData("Year,2022,2023\nSales,1,2\n", "Year: Sales; 2022: 1; 2023: 2")]
    public async Task A_csv_is_read_as_the_tables_that_it_holds(string csv, string text) =>
        Assert.Equal(text, (await Parsing.TextAsync(csv, "a.csv")).Text);

    [Fact]
    public async Task Html_is_read_in_the_encoding_that_it_declares()
    {
        var html = Encoding.Latin1.GetBytes("<html><meta charset='iso-8859-1'><p>Größe</p></html>");

        Assert.Equal("Größe", (await Parsing.DocumentAsync(html, "a.html")).Text);
    }

    [Fact]
    public async Task A_page_saved_under_another_name_is_still_a_page()
    {
        var document = await Parsing.TextAsync("\n<!DOCTYPE html><p>Twenty weeks.</p>", "saved-page");

        Assert.Equal("Twenty weeks.", document.Text);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    public async Task Each_row_of_a_csv_names_its_columns(string separator)
    {
        var csv = "name,days,note\nA,25,\"first\nline\"\nB,30,\n".Replace(",", separator, StringComparison.Ordinal);

        var document = await Parsing.TextAsync(csv, "a.csv");

        Assert.Equal("name: A; days: 25; note: first line\n\nname: B; days: 30", document.Text);
    }

    [Fact]
    public async Task Json_values_come_with_the_path_to_them()
    {
        var document = await Parsing.TextAsync(
            """
            {"office": {"city": "Oslo", "floors": [1, 2]}, "people": [{"name": "Ada"}, {"name": "Bo"}], "boss": null}
            """, "a.json");

        Assert.Equal(
            "office.city: Oslo\noffice.floors: 1\noffice.floors: 2\n\npeople.name: Ada\n\npeople.name: Bo",
            document.Text);
    }

    [Fact]
    public async Task Each_line_of_a_jsonl_is_a_paragraph()
    {
        var document = await Parsing.TextAsync("{\"q\": \"Who?\"}\n\n{\"q\": \"When?\"}\r\n", "a.jsonl");

        Assert.Equal("q: Who?\n\nq: When?", document.Text);
    }
}
