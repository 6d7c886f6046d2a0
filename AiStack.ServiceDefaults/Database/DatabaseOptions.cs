using AiStack.ServiceDefaults.Options;

namespace AiStack.ServiceDefaults.Database;

/// <summary>How a service logs in to Postgres.</summary>
public sealed class DatabaseOptions : ISectionOptions
{
    public static string Section => "Database";

    /// <summary>
    /// The password of the services' roles. By default it is derived from the owner's, so that there is
    /// one secret less to keep.
    /// </summary>
    public string? RolePassword { get; set; }
}
