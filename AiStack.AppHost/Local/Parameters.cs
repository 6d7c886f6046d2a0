using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace AiStack.AppHost.Local;

/// <summary>The value of a parameter that nobody has set.</summary>
internal abstract class ParameterDefault
{
    public abstract string GetDefaultValue();
}

/// <summary>Random text from a cryptographic source, in the alphabet asked for.</summary>
internal sealed class GenerateParameterDefault : ParameterDefault
{
    public int MinLength { get; set; } = 22;

    public bool Special { get; set; } = true;

    public override string GetDefaultValue() =>
        RandomNumberGenerator.GetString(RandomText.Alphabet + (Special ? "-_.{}~()*+!" : ""), MinLength);
}

internal static class RandomText
{
    public const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Letters(int length) => RandomNumberGenerator.GetString(Alphabet, length);
}

/// <summary>A secret: set in <c>Parameters:NAME</c>, or kept from an earlier start, or made now.</summary>
internal sealed class ParameterResource(string name, ParameterDefault defaultValue, bool persist) : Resource(name)
{
    private string? _value;

    public string Value(RunContext run) => _value ??= run.Redaction.Keep(
        run.Configuration[$"Parameters:{Name}"]
        ?? (persist ? run.Secrets.GetOrAdd(Name, defaultValue.GetDefaultValue) : defaultValue.GetDefaultValue()));
}

/// <summary>Text with parameters in it, put together when the stack runs.</summary>
[InterpolatedStringHandler]
internal sealed class ReferenceExpression(int literalLength, int formattedCount)
{
    private readonly List<Setting> _parts = new((2 * formattedCount) + (literalLength > 0 ? 1 : 0));

    public void AppendLiteral(string value) => _parts.Add(_ => value);

    public void AppendFormatted(IResourceBuilder<ParameterResource> parameter) => _parts.Add(parameter.Resource.Value);

    public string Resolve(RunContext run) =>
        _parts.Aggregate(new StringBuilder(), (text, part) => text.Append(part(run))).ToString();
}
