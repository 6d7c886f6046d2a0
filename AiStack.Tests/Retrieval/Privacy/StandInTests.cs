using System.Security.Cryptography;
using System.Text;
using AiStack.Contracts;
using AiStack.Retrieval.Privacy;
using AiStack.ServiceDefaults.Authentication;
using AiStack.Tests.Fixtures;
using AiStack.TextAnalysis;
using AiStack.TextAnalysis.Recognisers;
using Microsoft.Extensions.Options;
using Xunit;

namespace AiStack.Tests.Retrieval.Privacy;

/// <summary>What stands in the place of a value: as long, always the same, and by the project's key alone.</summary>
public sealed class StandInTests
{
    private static readonly Id<Project> _project = PostgresFixture.NewProject();

    [Fact]
    public void A_stand_in_is_exactly_as_long_as_any_value_of_any_kind()
    {
        var standIns = Of(_project);
        string[] values =
        [
            "", "A", "Bo", "Ann", "Ann Lee", "Marta Kowalska", "Zoë 👩‍🚀 Åström", "\ud83d", "ﬁnn ﬂynn", "İI ıi ßẞ",
            .. Enumerable.Range(1, 80).Select(length => new string('x', length)),
            .. Enumerable.Range(1, 40).Select(length => string.Concat(Enumerable.Repeat("👤", length))),
        ];

        foreach (var kind in DocumentDetails.Kinds)
        {
            Assert.All(values, value => Assert.Equal(value.Length, standIns.InPlace(kind, value).Length));
        }
    }

    [Theory]
    [InlineData("person", "Marta Kowalska", "PERSON_")]
    [InlineData("person", "Marta K. Lee", "PERSON_")]
    [InlineData("person", "Marta K Lee", "")]
    [InlineData("email", "ada@example.com", "EMAIL_")]
    [InlineData("date_of_birth", "12.03.1980", "BORN_")]
    [InlineData("password", "correct horse battery", "SECRET_")]
    public void It_says_of_what_kind_it_is_where_there_is_room(string kind, string value, string label)
    {
        var shown = Of(_project).InPlace(kind, value);

        Assert.Matches(
            $"^{label}[{StandIns.Letters}][{StandIns.Digits}][{StandIns.Letters}{StandIns.Digits}]{{1,6}} *$", shown);
    }

    [Fact]
    public void It_is_a_word_that_no_spelling_mends_and_no_language_shortens()
    {
        var standIns = Of(_project);
        foreach (var number in Enumerable.Range(0, 500))
        {
            var text = standIns.Of("person", $"Somebody Number {number}").Text;

            var words = Words.In(text).Select(word => word.Form).ToList();

            Assert.Contains(text.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant(), words);
            Assert.All(words.Where(word => word != "person"), word => Assert.Contains(word, char.IsAsciiDigit));
        }
    }

    [Theory]
    [InlineData("person", "Marta Kowalska", "MARTA\u00a0\n KOWALSKA")]
    [InlineData("person", "Zoë Strauß", "zoe\u0308 STRAUSS")]
    [InlineData("email", "Ada@Example.com", "ada@example.COM")]
    [InlineData("phone", "+49 (30) 123-45 67", "+49301234567")]
    [InlineData("card", "4111 1111 1111 1111", "4111-1111-1111-1111")]
    [InlineData("iban", "DE89 3704 0044 0532 0130 00", "de89370400440532013000")]
    public void A_value_is_the_same_however_it_is_written(string kind, string one, string other)
    {
        var standIns = Of(_project);

        Assert.Equal(standIns.TagOf(kind, one), standIns.TagOf(kind, other));
    }

    [Fact]
    public void Another_project_another_secret_another_kind_and_another_value_have_others()
    {
        const string Name = "Marta Kowalska";
        string[] all =
        [
            Of(_project).InPlace("person", Name), Of(PostgresFixture.NewProject()).InPlace("person", Name),
            Of(_project, secret: 1).InPlace("person", Name), Of(_project).InPlace("address", Name),
            Of(_project).InPlace("person", "Marta Kowalski"),
        ];

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(all[0], Of(_project).InPlace("person", Name));
        Assert.NotEqual(Of(_project).TagOf("jwt", "abc"), Of(_project).TagOf("jwt", "ABC"));
    }

    /// <summary>
    /// Who knows the code and this test's key gets the same letters: what is kept must be found by later versions.
    /// </summary>
    [Fact]
    public void Stand_ins_stay_what_they_are_from_version_to_version()
    {
        var key = HKDF.Expand(
            HashAlgorithmName.SHA256,
            HKDF.DeriveKey(
                HashAlgorithmName.SHA256, new byte[32], 32, info: "aistack.retrieval.stand-ins.v1"u8.ToArray()),
            32, _project.Value.ToByteArray(bigEndian: true));
        var tag = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("person\0marta kowalska"));

        Assert.Equal(tag, Of(_project).TagOf("person", "Marta Kowalska"));
    }

    [Fact]
    public void Stand_ins_are_read_in_a_text_and_their_spaces_go_with_them()
    {
        var standIns = Of(_project);
        var (name, mail) = ("Marta Kowalska-Lindqvist", "ada@example.com");
        var (person, email) = (standIns.InPlace("person", name), standIns.InPlace("email", mail));
        var passage = $"Ask {person}, {email} or A1 by B2B.";
        var values = new Dictionary<string, string>
        {
            [person.Trim()] = name, [email.Trim()] = mail,
        };

        Assert.Equal([person.Trim(), email.Trim(), "B2B"], StandInText.In(passage));
        Assert.Equal($"Ask {name}, {mail} or A1 by B2B.", StandInText.Reveal(passage, values));
        Assert.Equal($"{name} wrote.", StandInText.Reveal($"{person.Trim()} wrote.", values));
        Assert.Equal($"CV_{name}_2.pdf", StandInText.Reveal($"CV_{person.Trim()}_2.pdf", values));
    }

    [Theory]
    [InlineData("Marta_Kowalska_CV.pdf", true)]
    [InlineData("letter to Marta Kowalska.txt", true)]
    [InlineData("Marta-Kowalska.2025.tar.gz", true)]
    [InlineData("cv-marta-kowalska.pdf", true)]
    [InlineData("ada@example.com.txt", true)]
    [InlineData("travel-policy-2025.docx", false)]
    [InlineData("", false)]
    public void The_name_of_a_file_is_covered_and_stays_as_long(string filename, bool isCovered)
    {
        var standIns = Of(_project);
        var policy = new PrivacyPolicy("pseudonymise", new Dictionary<string, string>())
        {
            StandIns = standIns, Key = standIns.Fingerprint,
        };

        var covered = policy.MaskedName(filename)!;

        Assert.Equal(filename.Length, covered.Length);
        Assert.Equal(isCovered, covered != filename);
        Assert.DoesNotContain("Kowalska", covered, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ada@", covered, StringComparison.Ordinal);
        if (filename.Contains("Kowalska", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Contains(standIns.InPlace("person", "Marta Kowalska"), covered, StringComparison.Ordinal);
        }
    }

    /// <summary>Names without capitals are looked at as if they had some: better too much is covered.</summary>
    [Fact]
    public void Of_the_names_of_the_sample_documents_two_look_like_people()
    {
        var policy = new PrivacyPolicy("mask", new Dictionary<string, string>());
        string[] names =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*", SearchOption.AllDirectories)
                .Select(path => Path.GetFileName(path)),
        ];

        Assert.Equal(
            ["price-list-2026.csv", "ravn-child-trailer-faq.html"],
            names.Where(name => policy.MaskedName(name) != name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Without_the_key_that_made_them_masks_are_in_their_place()
    {
        var policy = new PrivacyPolicy("pseudonymise", new Dictionary<string, string>())
        {
            StandIns = Of(_project, secret: 1), Key = Of(_project).Fingerprint,
        };

        Assert.True(policy.KeyChanged);
        Assert.Equal("Dear [PERSON]      ,", policy.Masked("Dear Marta Kowalska,"));
    }

    private static StandIns Of(Id<Project> project, byte secret = 0) => new StandInKeys(Options.Create(
        new IdentityOptions { SigningKey = Convert.ToBase64String([.. Enumerable.Repeat(secret, 32)]) })).Of(project);
}
