using AiStack.Console.Resources;
using CsCheck;
using Xunit;

namespace AiStack.Tests.Console.Resources;

public sealed class GraphLayoutTests
{
    [Fact]
    public void Each_part_stands_to_the_left_of_what_it_uses()
    {
        var layout = new GraphLayout(["a", "b", "c"], [("a", "b"), ("b", "c"), ("a", "c"), ("c", "elsewhere")]);

        var x = layout.Nodes.ToDictionary(node => node.Name, node => node.X);
        Assert.True(x["a"] < x["b"] && x["b"] < x["c"]);
        Assert.Equal(3, layout.Edges.Count);
        Assert.Equal(3, layout.Edges.Single(edge => (edge.From, edge.To) == ("a", "c")).Points.Count);
    }

    [Fact]
    public void No_two_parts_of_any_graph_lie_on_each_other_and_all_lie_within_the_picture() =>
        Gen.Select(Gen.Int[1, 8], Gen.Select(Gen.Int[0, 7], Gen.Int[0, 7]).Array[0, 16]).Sample((count, pairs) =>
        {
            string[] names = [.. Enumerable.Range(0, count).Select(i => $"part{i}")];
            var edges = pairs.Where(pair => pair.Item1 != pair.Item2).Distinct();
            var layout = new GraphLayout(names, [.. edges.Select(edge => ($"part{edge.Item1}", $"part{edge.Item2}"))]);

            Assert.Equal(count, layout.Nodes.Select(node => (node.X, node.Y)).Distinct().Count());
            Assert.All(layout.Nodes, node => Assert.InRange(node.X, 0, layout.Width));
            Assert.All(layout.Nodes, node => Assert.InRange(node.Y, 0, layout.Height));
        });

    [Fact]
    public void Users_are_found_by_way_of_others_and_implied_uses_are_left_out_of_the_picture()
    {
        Resource[] resources =
        [
            Part("store"),
            Part("low", "store"),
            Part("high", "low", "store"),
            Part("job", "store") with { Kind = "job" },
        ];
        var dependencies = new Dependencies(resources);

        Assert.Equal(["low", "high"], dependencies.UsersOf("store").Select(user => user.Name));
        Assert.Empty(dependencies.UsersOf("high"));
        Assert.Equal([("low", "store"), ("high", "low")], dependencies.Direct());
    }

    private static Resource Part(string name, params string[] uses) =>
        new() { Name = name, Kind = "service", State = "Running", Uses = uses };
}
