using AiStack.Console.SignIn;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

public sealed class SignInsTests
{
    private const string Ada = "ada, an admin";

    private readonly FakeTimeProvider _time = new();
    private readonly SignIns _signIns;

    public SignInsTests() => _signIns = new(_time);

    [Fact]
    public void A_sign_in_is_good_until_its_cookie_runs_out_and_longer_when_the_cookie_is_renewed()
    {
        _signIns.Seen("ada", Ada, In(minutes: 10));
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.True(_signIns.IsGood("ada"));

        _signIns.Seen("ada", Ada, In(minutes: 10));
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.True(_signIns.IsGood("ada"));

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(_signIns.IsGood("ada"));
        Assert.False(_signIns.IsGood("nobody"));
        Assert.False(_signIns.IsGood(null));
    }

    [Fact]
    public void A_copy_of_the_cookie_of_a_sign_in_that_was_ended_brings_it_not_back()
    {
        _signIns.Seen("ada", Ada, In(minutes: 10));

        _signIns.End("ada");

        Assert.False(_signIns.Seen("ada", Ada, In(minutes: 20)));
        Assert.False(_signIns.IsGood("ada"));
    }

    [Fact]
    public void A_page_goes_on_under_the_new_sign_in_and_ends_with_it()
    {
        _signIns.Seen("old", Ada, In(minutes: 1));
        _time.Advance(TimeSpan.FromMinutes(2));
        _signIns.Seen("new", Ada, In(minutes: 10));

        Assert.True(_signIns.Continue("old", "new"));
        Assert.True(_signIns.IsGood("old"));

        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.False(_signIns.IsGood("old"));
    }

    [Fact]
    public void A_page_ends_when_the_sign_in_that_it_goes_on_under_is_ended()
    {
        _signIns.Seen("old", Ada, In(minutes: 10));
        _signIns.Seen("new", Ada, In(minutes: 10));
        _signIns.Continue("old", "new");

        _signIns.End("new");

        Assert.False(_signIns.IsGood("old"));
    }

    [Fact]
    public void A_copy_of_a_cookie_that_was_ended_stays_ended_where_its_page_goes_on()
    {
        _signIns.Seen("old", Ada, In(minutes: 10));
        _signIns.End("old");
        _signIns.Seen("new", Ada, In(minutes: 10));

        Assert.True(_signIns.Continue("old", "new"));

        Assert.False(_signIns.Seen("old", Ada, In(minutes: 10)));
        Assert.True(_signIns.IsGood("old"));
    }

    [Fact]
    public void A_page_goes_on_under_nobody_elses_sign_in_and_under_no_other_role()
    {
        _signIns.Seen("old", Ada, In(minutes: 1));
        _signIns.Seen("demoted", "ada, a viewer", In(minutes: 10));
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.False(_signIns.Continue("old", "demoted"));
        Assert.False(_signIns.Continue("old", "unknown"));
        Assert.False(_signIns.Continue("unknown", "demoted"));

        Assert.False(_signIns.IsGood("old"));
        Assert.False(_signIns.IsGood("unknown"));
    }

    private DateTimeOffset In(int minutes) => _time.GetUtcNow().AddMinutes(minutes);
}
