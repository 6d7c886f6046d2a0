using System.Text.Json;

namespace AiStack.AppHost.Run;

/// <summary>
/// The secrets made at the first start, in one file that only its owner can read. They open the data next to them:
/// where there is data and no secrets, none are made, since new ones would open nothing.
/// </summary>
/// <param name="hasData">Whether the folder had data before this start.</param>
internal sealed class SecretsFile(string path, bool hasData)
{
    private readonly Lock _lock = new();
    private Dictionary<string, string>? _secrets;

    /// <summary>Refuses a file that is lost or broken, before anything is started or written.</summary>
    public void Check()
    {
        lock (_lock)
        {
            _secrets ??= Read();
        }
    }

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
            // A full disk or a crash leaves an empty file, which is as lost as a missing one.
            var text = File.ReadAllText(path);
            if (string.IsNullOrWhiteSpace(text))
            {
                return hasData ? throw Lost("is empty") : new(StringComparer.Ordinal);
            }

            var secrets = JsonSerializer.Deserialize<Dictionary<string, string?>>(text);
            if (secrets is not { Count: > 0 })
            {
                return hasData ? throw Lost("holds no secrets") : new(StringComparer.Ordinal);
            }

            return secrets.ToDictionary(
                secret => secret.Key,
                secret => string.IsNullOrEmpty(secret.Value) ? throw Lost($"has no {secret.Key}") : secret.Value,
                StringComparer.Ordinal);
        }
        catch (FileNotFoundException)
        {
            return hasData ? throw Lost("is gone") : new(StringComparer.Ordinal);
        }
        catch (JsonException exception)
        {
            throw Lost($"is not valid JSON ({exception.Message})");
        }
    }

    private RefusalException Lost(string how) => new(
        $"{path} {how}. It holds the passwords and keys of the data next to it, which nothing else opens. Restore it "
        + "from a backup, or start on another folder with --data.");
}
