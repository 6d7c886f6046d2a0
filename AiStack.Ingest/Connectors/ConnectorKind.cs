using System.Text.Json;
using AiStack.Contracts;

namespace AiStack.Ingest.Connectors;

/// <summary>A kind of source: what its settings are, and how it is opened.</summary>
internal interface IConnectorKind
{
    /// <summary>Its name in the API: one lower-case word, such as <c>folder</c>.</summary>
    string Name { get; }

    /// <summary>One line for people.</summary>
    string Summary { get; }

    /// <summary>
    /// The record that its settings are read into, in snake_case. The <c>[Description]</c> of a property is shown to
    /// people, and so is its range.
    /// </summary>
    Type Settings { get; }

    /// <summary>The secrets that it can be given, such as <c>password</c>.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>
    /// Checks settings and secrets without connecting; null when they are good. The fault names the field, as in
    /// <c>settings.url</c>.
    /// </summary>
    Fault? Check(JsonElement settings, IReadOnlyDictionary<string, string> secrets);

    /// <summary>Opens a source whose settings passed <see cref="Check"/>.</summary>
    /// <exception cref="SourceException">It cannot be reached, or does not let us in.</exception>
    Task<IConnector> OpenAsync(
        JsonElement settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken);
}

/// <summary>A kind whose settings are a record, whose rules are attributes; unknown fields are refused.</summary>
internal abstract class ConnectorKind<TSettings> : IConnectorKind
    where TSettings : class
{
    public abstract string Name { get; }

    public abstract string Summary { get; }

    public Type Settings => typeof(TSettings);

    public virtual IReadOnlyList<string> Secrets => [];

    public Fault? Check(JsonElement settings, IReadOnlyDictionary<string, string> secrets)
    {
        foreach (var name in secrets.Keys)
        {
            if (!Secrets.Contains(name))
            {
                return new(
                    FaultCode.InvalidArgument,
                    Secrets.Count == 0
                        ? $"A source of the kind '{Name}' has no secrets."
                        : $"'{name}' is no secret of a source of the kind '{Name}'; these are: "
                            + $"{string.Join(", ", Secrets)}.",
                    $"secrets.{name}");
            }
        }

        return SettingsReader.Read<TSettings>(settings).TryGet(out var read, out var fault)
            ? Check(read, secrets)
            : fault;
    }

    public Task<IConnector> OpenAsync(
        JsonElement settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken) =>
        SettingsReader.Read<TSettings>(settings).TryGet(out var read, out var fault)
            ? OpenAsync(read, secrets, cancellationToken)
            : throw new SourceException(fault.Message);

    /// <summary>What attributes cannot say; null when the settings are good.</summary>
    protected virtual Fault? Check(TSettings settings, IReadOnlyDictionary<string, string> secrets) => null;

    protected abstract Task<IConnector> OpenAsync(
        TSettings settings, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken);
}
