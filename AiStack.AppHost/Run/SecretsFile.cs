using System.Text.Json;

namespace AiStack.AppHost.Run;

/// <summary>The secrets made at the first start, in one file that only its owner can read.</summary>
internal sealed class SecretsFile(string path)
{
    private readonly Lock _lock = new();
    private Dictionary<string, string>? _secrets;

    /// <summary>The secret of this name, made and stored now if there is none.</summary>
    public string GetOrAdd(string name, Func<string> make)
    {
        lock (_lock)
        {
            _secrets ??= Read();
            if (!_secrets.TryGetValue(name, out var secret))
            {
                _secrets[name] = secret = make();
                PrivateFile.Write(path, JsonSerializer.Serialize(_secrets, PrivateFile.Json));
            }

            return secret;
        }
    }

    private Dictionary<string, string> Read()
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [];
        }
        catch (FileNotFoundException)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }
        catch (JsonException exception)
        {
            throw new RefusalException(
                $"{path} is not valid JSON ({exception.Message}). Restore it; it holds the keys.");
        }
    }
}
