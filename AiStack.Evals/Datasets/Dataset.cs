using System.Security.Cryptography;
using System.Text;

namespace AiStack.Evals.Datasets;

/// <summary>
/// The items of a run, frozen, and a hash of their content: two runs with the same hash were asked the same questions.
/// Spaces and blank lines of the file do not count.
/// </summary>
internal sealed record Dataset(IReadOnlyList<DatasetItem> Items, byte[] Sha256)
{
    public static Dataset Of(IReadOnlyList<DatasetItem> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var item in items)
        {
            // A line feed cannot occur inside compact JSON, so no two lists of items run together.
            hash.AppendData(Encoding.UTF8.GetBytes(item.Json));
            hash.AppendData("\n"u8);
        }

        return new(items, hash.GetHashAndReset());
    }
}
