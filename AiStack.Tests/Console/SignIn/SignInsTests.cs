using AiStack.Console;
using AiStack.Console.SignIn;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace AiStack.Tests.Console.SignIn;

public sealed class SignInsTests : IDisposable
{
    private const string Ada = "ada, an admin";

    private readonly FakeTimeProvider _time = new();
    private readonly EndedFolder _ended = new();
    private readonly SignIns _signIns;

    public SignInsTests() => _signIns = _ended.SignIns(_time);

    public void Dispose() => _ended.Dispose();

    [Fact]
    public void A_sign_in_that_was_ended_stays_ended_after_a_restart_and_at_every_replica()
    {
        var replica = _ended.SignIns(_time);
        _signIns.Seen("ada", Ada, In(minutes: 10));
        replica.Seen("ada", Ada, In(minutes: 10));

        _signIns.End("ada");

        Assert.False(replica.IsGood("ada"));
        Assert.False(replica.Seen("ada", Ada, In(minutes: 10)));
        Assert.False(_ended.SignIns(_time).Seen("ada", Ada, In(minutes: 10)));
        Assert.True(_ended.SignIns(_time).Seen("another", Ada, In(minutes: 10)));
    }

    [Fact]
    public void What_was_ended_is_forgotten_once_no_copy_of_its_cookie_can_be_good()
    {
        _signIns.End("ada");

        _time.Advance(TimeSpan.FromDays(6));
        _ended.Open(_time);
        Assert.Equal(1, _ended.Count);
        _time.Advance(TimeSpan.FromDays(2));
        _ended.Open(_time);
        Assert.Equal(0, _ended.Count);
    }

    [Fact]
    public void The_hosts_link_signs_in_once_for_all_restarts_and_replicas()
    {
        var options = Options.Create(new ConsoleOptions { LoginToken = "the token that the host printed" });
        var links = new LoginLinks(options, _ended.Open(_time), _time);
        var restarted = new LoginLinks(options, _ended.Open(_time), _time);

        Assert.Equal(LinkUse.Accepted, links.Use(options.Value.LoginToken).Use);
        Assert.Equal(LinkUse.UsedBefore, restarted.Use(options.Value.LoginToken).Use);
    }

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
