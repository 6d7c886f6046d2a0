using AiStack.Ingest.Parsing;
using Xunit;

namespace AiStack.Tests.Ingest;

/// <summary>What of a page is its text, and what surrounds that on every page of its site.</summary>
public sealed class WebPageTests
{
    private static readonly string _text = string.Concat(
        Enumerable.Repeat("<p>The pump is serviced every year, and the seal is replaced every second one.</p>", 8));

    [Theory]
    [InlineData("<ul><li><a href='/a'>Products</a></li><li><a href='/b'>Prices</a></li><li><a href='/c'>Jobs</a></li>"
        + "</ul>")]
    [InlineData("<div class='site-nav'><a href='/a'>Products</a> <a href='/b'>Prices</a></div>")]
    [InlineData("<div id='cookie-banner'>We use cookies. <button>Fine</button></div>")]
    [InlineData("<header><a href='/'>Acme</a></header>")]
    [InlineData("<form id='commentform'><label>E-Mail <input name='e'></label> <label>Comment</label></form>")]
    [InlineData("<div class='related posts'><a href='/a'>Ten pumps that you should have seen</a></div>")]
    public async Task What_surrounds_the_text_is_left_out_and_said(string frame)
    {
        var page = await PageAsync($"<div>{frame}</div><h1>Pumps</h1>{_text}");

        Assert.StartsWith("Pumps\n\nThe pump", page.Text, StringComparison.Ordinal);
        Assert.EndsWith("second one.", page.Text, StringComparison.Ordinal);
        Assert.Contains(page.Report.Findings, finding => finding.Code == "page_frame");
    }

    [Theory]
    [InlineData("<ul><li><a href='#a'>Valve</a> closes the inlet</li><li><a href='#b'>Seal</a> keeps it dry</li></ul>")]
    [InlineData("<ul><li><a href='/a'>Acorn</a></li><li><a href='/b'>Napkin</a></li>"
        + "<li><a href='/c'>Yojimbo</a></li></ul>")]
    [InlineData("<div class='social-security'>See <a href='/s'>social security</a> for who pays when.</div>")]
    [InlineData("<div class='menu-of-the-day'>Soup, <a href='/f'>fish</a>, bread, salad and an apple.</div>")]
    [InlineData("<article><ul><li><a href='/a'>One</a></li><li><a href='/b'>Two</a></li>"
        + "<li><a href='/c'>Three</a></li></ul></article>")]
    public async Task Text_that_has_links_stays(string text)
    {
        var page = await PageAsync($"<h1>Pumps</h1>{_text}{text}");

        Assert.DoesNotContain(page.Report.Findings, finding => finding.Code == "page_frame");
        Assert.False(page.Text.EndsWith("second one.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_links_of_an_index_are_its_text()
    {
        var page = await PageAsync("<ul><li><a href='/a'>One</a></li><li><a href='/b'>Two</a></li>"
            + "<li><a href='/c'>Three</a></li></ul>");

        Assert.Equal("- One\n- Two\n- Three", page.Text);
    }

    [Fact]
    public async Task An_item_has_one_mark() =>
        Assert.Equal("- One\n- 2 • 3", (await PageAsync("<ul><li>• One</li><li>2 • 3</li></ul>")).Text);

    [Fact]
    public async Task A_main_part_that_holds_only_teasers_is_not_believed()
    {
        var page = await PageAsync(
            $"<main><p>Ten pumps that you should have seen before.</p></main><div>{_text}</div>");

        Assert.Contains("every second one", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_hides_most_of_the_page_is_undone_by_a_sheet_that_is_not_here()
    {
        var page = await PageAsync("<link rel='stylesheet' href='all.css'><style>.late { display: none }</style>"
            + $"<h1>Pumps</h1><div class='late'>{_text}</div>");

        Assert.EndsWith("second one.", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layout_is_not_left_out_for_its_name()
    {
        var link = $"<a href='/'>{new string('x', 3_000)}</a>";

        var page = await PageAsync($"<div class='l-sidebar-fixed'>{_text}<p>{link}</p></div>");

        Assert.StartsWith("The pump", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main")]
    [InlineData("article")]
    public async Task A_title_above_the_main_part_is_its_heading(string part)
    {
        var page = await PageAsync($"<h1>Pumps</h1><p>By Anna</p><{part}>{_text}</{part}><div>Comments (3)</div>");

        Assert.StartsWith("Pumps\n\nThe pump", page.Text, StringComparison.Ordinal);
        Assert.Equal("Pumps", page.HeadingOf("second one"));
        Assert.DoesNotContain("Comments", page.Text, StringComparison.Ordinal);
    }

    private static Task<ParsedDocument> PageAsync(string body) =>
        Parsing.TextAsync($"<!doctype html><html><body>{body}</body></html>", "a.html");
}
