using AiStack.Contracts;
using AiStack.ServiceDefaults.Authentication;
using AiStack.ServiceDefaults.Database;
using AiStack.ServiceDefaults.Errors;
using AiStack.ServiceDefaults.Tenancy;
using AiStack.Serving.Costs;
using AiStack.Serving.Ledger;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AiStack.Serving.Budgets;

/// <summary>Makes a budget of the caller's project, or of the whole organisation.</summary>
internal static class CreateBudget
{
    private const string DefaultTimeZone = "UTC";

    private static readonly int[] _defaultWarnings = [80, 100];

    public static async Task<IResult> HandleAsync(
        BudgetRequest request,
        Caller caller,
        BudgetChecks checks,
        NpgsqlDataSource database,
        PriceList prices,
        IOptions<BudgetOptions> options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (checks.Find(request) is { } wrong)
        {
            return wrong.ToResult();
        }

        await using var connection = await database.OpenForAsync(caller.ProjectId, cancellationToken);
        if (await checks.FindMissingAsync(connection, request, cancellationToken) is { } missing)
        {
            return missing.ToResult();
        }

        var id = Id<Budget>.New();
        var (subject, limit, window) = (request.Subject!, request.Limit!, request.Window);
        var isCalendar = window is not null && window.Type != BudgetPeriod.Rolling;
        var made = await connection.ExecuteAsync(
            $"""
            insert into serving.budget (
                id, organisation_id, project_id, name, subject, subject_id, unit, currency, amount, period, time_zone,
                rolling, warn_at, created_at)
            select {id}, {caller.OrganisationId},
                   {(subject.Type == "organisation" ? null : (Guid?)caller.ProjectId.Value)}::uuid, {request.Name},
                   {subject.Type}, {subject.Id}::text, {limit.Unit},
                   {(limit.Unit == BudgetUnit.Money ? prices.Currency : null)}::text, {limit.Amount!.Value},
                   {window?.Type ?? BudgetPeriod.None},
                   {(isCalendar ? window!.TimeZone ?? DefaultTimeZone : null)}::text,
                   {(window?.Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null)}::interval,
                   {(request.WarnAt ?? _defaultWarnings).Distinct().Order().ToArray()}, {time.GetUtcNow()}
            where (select count(*) from serving.budget where deleted_at is null) < {options.Value.MaxBudgets}
            """,
            cancellationToken);
        if (made == 0)
        {
            return new Fault(
                FaultCode.Conflict,
                $"There are {options.Value.MaxBudgets} budgets already: delete one first.").ToResult();
        }

        var budget = await connection.FirstOrDefaultAsync(
            BudgetObject.Select(caller.OrganisationId, id, null), BudgetObject.Read, cancellationToken);
        return TypedResults.Created($"/api/budgets/{id}", budget);
    }
}
