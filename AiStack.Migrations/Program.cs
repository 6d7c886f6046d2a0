using AiStack.Migrations;
using Microsoft.Extensions.Configuration;

// Brings the database up to date, and ends. It alone is given the owner's connection string.
var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
var owner = configuration.GetConnectionString("aistack");
var roles = configuration.GetSection("Roles").GetChildren().ToDictionary(role => role.Key, role => role.Value ?? "");
if (string.IsNullOrEmpty(owner) || roles.Count == 0)
{
    await Console.Error.WriteLineAsync(
        "ConnectionStrings__aistack (the database's owner) and Roles__SERVICE (each service's password) are missing. "
        + "Start everything with: dotnet run --project AiStack.AppHost");
    return 2;
}

var applied = await Migrator.MigrateAsync(owner, roles, CancellationToken.None);
Console.WriteLine(applied == 0 ? "The database is up to date." : $"Applied {applied} migrations.");
return 0;
