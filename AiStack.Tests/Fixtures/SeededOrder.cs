using AiStack.Tests.Fixtures;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(SeededOrder))]
[assembly: TestClassOrderer(typeof(SeededOrder))]
[assembly: TestMethodOrderer(typeof(SeededOrder))]
[assembly: TestCaseOrderer(typeof(SeededOrder))]

namespace AiStack.Tests.Fixtures;

/// <summary>
/// Tests in an order that <c>TEST_ORDER_SEED</c>, a number, decides; without it, in the order of their names. No test
/// may need another before it: <c>TEST_ORDER_SEED=7 bash eng/test.sh</c> tries.
/// </summary>
public sealed class SeededOrder
    : ITestCollectionOrderer, ITestClassOrderer, ITestMethodOrderer, ITestCaseOrderer
{
    private static readonly string? _seed = Setting.Read("TEST_ORDER_SEED");

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => Order(testCollections, one => one.TestCollectionDisplayName);

    public IReadOnlyCollection<TTestClass?> OrderTestClasses<TTestClass>(IReadOnlyCollection<TTestClass?> testClasses)
        where TTestClass : notnull, ITestClass => Order(testClasses, one => one?.TestClassName);

    public IReadOnlyCollection<TTestMethod?> OrderTestMethods<TTestMethod>(
        IReadOnlyCollection<TTestMethod?> testMethods)
        where TTestMethod : notnull, ITestMethod => Order(testMethods, one => one?.MethodName);

    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases)
        where TTestCase : notnull, ITestCase => Order(testCases, one => one.TestCaseDisplayName);

    private static IReadOnlyCollection<T> Order<T>(IReadOnlyCollection<T> tests, Func<T, string?> name) => _seed is null
        ? [.. tests.OrderBy(name, StringComparer.Ordinal)]
        : [.. tests.OrderBy(test => Hash($"{_seed} {name(test)}"))];

    // FNV-1a: the same in every process, which string's own hash is not.
    private static uint Hash(string text) =>
        text.Aggregate(2166136261u, (hash, letter) => unchecked((hash ^ letter) * 16777619u));
}
