using AiStack.Contracts;
using Xunit;

namespace AiStack.Tests.Contracts;

public sealed class IdTests
{
    [Fact]
    public void An_id_reads_back_as_itself()
    {
        var id = Id<StoredFile>.New();

        Assert.Equal(id, Id<StoredFile>.Parse(id.ToString()));
        Assert.StartsWith("file-", id.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vs_01990f3a7c5e7b0c9d2e4f6a8b1c3d5e")]
    [InlineData("file-")]
    [InlineData("file-not-a-guid")]
    [InlineData("")]
    public void An_id_of_another_kind_or_shape_is_not_read(string text) =>
        Assert.False(Id<StoredFile>.TryParse(text, null, out _));
}
