using System.Numerics;
using AiStack.Evals.Statistics;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Evals.Statistics;

public sealed class McNemarTests
{
    /// <summary>
    /// Counts with n of 22, 10 and 5 and the tails of their binomials, which tables of Binomial(n, 1/2) list:
    /// 110,056 / 2^22, 11 / 2^10, 1 / 2^5.
    /// </summary>
    [Theory]
    [InlineData(6, 16, 2.0 * 110_056 / 4_194_304)]
    [InlineData(16, 6, 2.0 * 110_056 / 4_194_304)]
    [InlineData(1, 9, 2.0 * 11 / 1_024)]
    [InlineData(0, 5, 2.0 / 32)]
    public void Worked_examples_are_reproduced(int onlyBaseline, int onlyCandidate, double p) =>
        Assert.Equal(p, McNemar.ExactP(onlyBaseline, onlyCandidate), 1e-12);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(3, 4)]
    public void Runs_that_disagree_evenly_do_not_differ(int onlyBaseline, int onlyCandidate) =>
        Assert.Equal(1, McNemar.ExactP(onlyBaseline, onlyCandidate), 1e-12);

    [Fact]
    public void It_equals_exact_arithmetic() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[0, 300]).Sample((b, c) =>
        {
            var expected = Exact(b, c);
            Assert.Equal(expected, McNemar.ExactP(b, c), 1e-9);
        });

    [Fact]
    public void Many_disagreements_to_one_side_are_a_tiny_p_and_no_error() =>
        Assert.InRange(McNemar.ExactP(0, 5_000), 0, 1e-300);

    private static double Exact(int b, int c)
    {
        var n = b + c;
        var term = BigInteger.One;
        var tail = BigInteger.One;
        for (var i = 1; i <= Math.Min(b, c); i++)
        {
            term = term * (n - i + 1) / i;
            tail += term;
        }

        return Math.Min(1, Math.Exp(BigInteger.Log(2 * tail) - (n * Math.Log(2))));
    }
}
