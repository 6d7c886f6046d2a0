using System.Globalization;
using System.Text;
using AiStack.Console.Gateway;
using AiStack.Console.SignIn;
using AiStack.ServiceDefaults.Errors;
using CsvHelper;
using CsvHelper.Configuration;

namespace AiStack.Console.Stores;

/// <summary>The files of a store that failed or have warnings, as a file for a spreadsheet.</summary>
internal static class ProblemsCsv
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, string id, ActingRole role, ProblemsApi problems, CancellationToken cancellationToken)
    {
        role.Be(SignInClaims.RoleOf(context.User));
        var outcome = await problems.ListAsync(id, cancellationToken);
        return outcome.TryGet(out var found, out var fault)
            ? TypedResults.File(Write(found), "text/csv; charset=utf-8", "files-to-look-at.csv")
            : fault.ToResult();
    }

    internal static byte[] Write(IReadOnlyList<Problem> problems)
    {
        // Names come from strangers: one that begins as a formula must not be one in a spreadsheet.
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            InjectionOptions = InjectionOptions.Escape,
        };
        using var bytes = new MemoryStream();
        using (var text = new StreamWriter(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)))
        using (var csv = new CsvWriter(text, configuration))
        {
            csv.WriteRecords(problems.Select(problem => new
            {
                file = problem.Name,
                id = problem.Id,
                state = problem.HasFailed ? "failed" : "warnings",
                reason = problem.Reason,
                added = problem.Added.ToString("O", CultureInfo.InvariantCulture),
            }));
        }

        return bytes.ToArray();
    }
}
