using System.Text.Json;
using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Requests;
using Npgsql;

namespace AiStack.Serving.StoredPrompts;

/// <summary>Finds the prompt that a request names, and fills its places.</summary>
internal sealed class NamedPrompts(NpgsqlDataSource database)
{
    /// <summary>What counts when a request names no version. There is no newest: that would change by itself.</summary>
    private const string DefaultLabel = "production";

    /// <summary>
    /// The text of OpenAI's <c>prompt</c>: <c>{"id": "greeting", "version": "2", "variables": {…}}</c>.
    /// </summary>
    public async Task<Outcome<string>> FillAsync(
        Caller caller, PromptFields named, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(named.Id) || $"{named.Id}{named.Version}".Contains('\0', StringComparison.Ordinal))
        {
            return RequestChecks.Invalid("'prompt.id' is missing: the prompt's name.", "prompt.id");
        }

        Dictionary<string, string> values = [];
        foreach (var (name, value) in named.Variables ?? new Dictionary<string, JsonElement>())
        {
            if (value.ValueKind != JsonValueKind.String)
            {
                return RequestChecks.Invalid(
                    $"'prompt.variables.{name}' must be a text: no other variables are filled in.",
                    $"prompt.variables.{name}");
            }

            values[name] = value.GetString()!;
        }

        var version = await FindAsync(caller, named.Id, named.Version ?? DefaultLabel, cancellationToken);
        return version is null
            ? new Fault(
                FaultCode.NotFound,
                named.Version is null
                    ? $"The prompt '{named.Id}' has no version labelled '{DefaultLabel}'. Name a version."
                    : $"There is no version '{named.Version}' of a prompt '{named.Id}'.",
                "prompt")
            : PromptText.Fill(version.Text, values);
    }

    /// <summary>A version by its number or a label; null when there is none.</summary>
    public async Task<PromptVersionObject?> FindAsync(
        Caller caller, string name, string version, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        return await connection.FirstOrDefaultAsync(
            PromptVersionObject.Select(name, version), PromptVersionObject.Read, cancellationToken);
    }
}

/// <summary>OpenAI's <c>prompt</c>.</summary>
/// <param name="Version">A number, or a label.</param>
internal sealed record PromptFields(string? Id, string? Version, IReadOnlyDictionary<string, JsonElement>? Variables);
