using AiStack.ServiceDefaults.Erasures;
using Xunit;

namespace AiStack.Tests.Erasures;

/// <summary>Names are found however they are written, and nothing else is.</summary>
public sealed class MentionTests
{
    [Theory]
    [InlineData("Anna Schmidt", "Dear ANNA  schmidt,")]
    [InlineData("Groß", "GROẞ")]
    [InlineData("Νίκος", "ΝΊΚΟΣ")]
    [InlineData("O'Neill", "Mr O’Neill")]
    [InlineData("Meyer-Lux", "Meyer‑Lux, Meyer‐Lux")]
    [InlineData("Anna Schmidt", "signed\nAnna\r\n\tSchmidt")]
    [InlineData("anna schmidt", "Anna Schmidts Vertrag, Anna Schmidt's car")]
    [InlineData("Anna Schmidt", "An\u00adna Sch\u200bmidt")]
    [InlineData("Anna Schmidt", "Anna Schmidt")]
    [InlineData("Zoë Groß", "zoe\u0308 GROSS")]
    [InlineData("Zoë", """{"text":"Zo\u00eb said"}""")]
    [InlineData("Zoë", """{"arguments":"{\"who\":\"Zo\\u00eb\"}"}""")]
    [InlineData("Anna Schmidt", """{"text":"Anna\nSchmidt"}""")]
    [InlineData("anna@x.de", "<Anna@X.de>; mailto:anna@x.de.")]
    [InlineData("田中", "田中さんは来ない")]
    [InlineData("100%_\\'", "the code 100%_\\' here")]
    [InlineData("a.*b", "the rule A.*B here")]
    public void A_name_is_found_however_it_is_written(string name, string text) =>
        Assert.True(new Mentions([name], []).AreIn(text));

    [Theory]
    [InlineData("Anna", "Hannah and Annabel")]
    [InlineData("anna@x.de", "joanna@x.de, j.anna@x.de, anna@x.de.com")]
    [InlineData("a.*b", "a long way to b")]
    [InlineData("a_b", "a-b, axb")]
    [InlineData("100%", "1000, 100")]
    [InlineData("Anna Schmidt", "Anna, and Schmidt")]
    [InlineData("Nadia", """C:\nadiapath""")]
    public void What_only_looks_like_a_name_is_not_found(string name, string text) =>
        Assert.False(new Mentions([name], []).AreIn(text));

    [Fact]
    public void An_id_is_found_by_its_digits_whatever_stands_before_them()
    {
        var id = Guid.CreateVersion7();
        var mentions = new Mentions([], [id]);

        Assert.True(mentions.AreIn($$"""{"file_id":"file-{{id:N}}"}"""));
        Assert.True(mentions.AreIn($"resp_{id:N}"));
        Assert.False(mentions.AreIn($"resp_{Guid.CreateVersion7():N}"));
        Assert.False(mentions.AreIn($"{id:N}"[..31]));
    }
}
