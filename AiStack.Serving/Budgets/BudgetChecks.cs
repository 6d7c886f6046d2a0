using AiStack.Contracts;
using AiStack.ServiceDefaults.Database;
using AiStack.Serving.Costs;
using AiStack.Serving.Ledger;
using AiStack.Serving.Engines;
using Npgsql;

namespace AiStack.Serving.Budgets;

/// <summary>Refuses a budget that could not be kept, or would never apply.</summary>
internal sealed class BudgetChecks(EngineCatalog models, PriceList prices)
{
    /// <summary>A subject's id that means each of them by itself.</summary>
    public const string Each = "*";

    public const int MaxNameLength = 200;
    public const int MaxWarnings = 10;

    /// <summary>Far above what anyone spends: more digits than a sum keeps exactly are none.</summary>
    public const decimal MaxAmount = 1_000_000_000_000;

    private const int MaxSubjectIdLength = 256;

    /// <summary>A sixtieth of it is a stretch, which has a second at least.</summary>
    private const int MinSeconds = 60;

    private const int MaxSeconds = 366 * 24 * 60 * 60;

    private static readonly string[] _subjects = ["organisation", "project", "key", "user", "model"];

    /// <summary>What is wrong with the request itself; null when nothing is.</summary>
    public Fault? Find(BudgetRequest request) =>
        Name(request.Name ?? "") ?? Subject(request.Subject) ?? Limit(request.Limit)
        ?? Window(request.Window, request.Limit!.Unit!) ?? Warnings(request.WarnAt ?? []);

    /// <summary>What is wrong with it in the eyes of the database: a key, a model or a time zone that is
    /// not there.</summary>
    public async Task<Fault?> FindMissingAsync(
        NpgsqlConnection connection, BudgetRequest request, CancellationToken cancellationToken)
    {
        var isKey = request.Subject is { Type: "key", Id: not Each };
        var key = isKey && Id<ApiKey>.TryParse(request.Subject!.Id, null, out var id) ? id.Value : (Guid?)null;
        var model = request.Subject is { Type: "model", Id: not Each } named && models.Find(named.Id).IsFault
            ? named.Id
            : null;
        var (hasKey, hasZone, hasModel) = await connection.FirstOrDefaultAsync(
            $"""
            select exists(select from gateway.published_key where id = {key}::uuid),
                   {request.Window?.TimeZone}::text is null
                   or exists(select from pg_timezone_names where name = {request.Window?.TimeZone}),
                   {model}::text is null or exists(select from serving.route_change where alias = {model})
            """,
            row => (row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2)),
            cancellationToken);
        return isKey && !hasKey
                ? Wrong("subject.id", $"names no key of this project: '{request.Subject!.Id}'")
            : !hasModel
                ? Wrong("subject.id", $"names no model: '{model}'. GET /v1/models lists them")
            : !hasZone
                ? Wrong("window.time_zone", "must be a time zone's name, such as 'Europe/Berlin' or 'UTC'")
            : null;
    }

    public static Fault? Name(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength
            ? Wrong("name", $"must have 1 to {MaxNameLength} characters")
            : null;

    public static Fault? Amount(decimal? amount, string field = "limit.amount") =>
        amount is null or < 0 or > MaxAmount
            ? Wrong(field, string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"must be a number from 0 to {MaxAmount:F0}"))
            : null;

    public static Fault? Warnings(IReadOnlyList<int> percents) =>
        percents.Count > MaxWarnings || percents.Any(percent => percent is < 1 or > 100)
            ? Wrong("warn_at", $"must hold at most {MaxWarnings} numbers from 1 to 100, in percent")
            : null;

    private static Fault? Subject(BudgetRequest.SubjectFields? subject)
    {
        if (subject is null || !_subjects.Contains(subject.Type))
        {
            return Wrong("subject.type", $"must be one of {string.Join(", ", _subjects)}");
        }

        var needsId = subject.Type is "key" or "user" or "model";
        if (needsId != subject.Id is { Length: > 0 and <= MaxSubjectIdLength })
        {
            return Wrong("subject.id", needsId
                ? $"must name the {subject.Type}, or be '{Each}' for each of them by itself"
                : $"is not for a {subject.Type}: it is the caller's own");
        }

        return null;
    }

    private Fault? Limit(BudgetRequest.LimitFields? limit)
    {
        if (limit is null || !BudgetUnit.All.Contains(limit.Unit))
        {
            return Wrong("limit.unit", $"must be one of {string.Join(", ", BudgetUnit.All)}");
        }

        if (Amount(limit.Amount) is { } wrong)
        {
            return wrong;
        }

        var isMoney = limit.Unit == BudgetUnit.Money;
        return isMoney && limit.Currency is not null && limit.Currency != prices.Currency
                ? Wrong("limit.currency", $"must be {prices.Currency}, the currency of all prices")
            : !isMoney && limit.Currency is not null
                ? Wrong("limit.currency", "is only for money")
            : !isMoney && limit.Amount != decimal.Truncate(limit.Amount!.Value)
                ? Wrong("limit.amount", $"must be a whole number of {limit.Unit}")
            : null;
    }

    private static Fault? Window(BudgetRequest.WindowFields? window, string unit)
    {
        if (unit == BudgetUnit.Concurrent)
        {
            return window is null ? null : Wrong("window", "is not for what runs at the same time");
        }

        if (window is null || !BudgetPeriod.Windows.Contains(window.Type))
        {
            return Wrong("window.type", $"must be one of {string.Join(", ", BudgetPeriod.Windows)}");
        }

        var isRolling = window.Type == BudgetPeriod.Rolling;
        return isRolling && window.Seconds is null or < MinSeconds or > MaxSeconds
                ? Wrong("window.seconds", $"must be from {MinSeconds} to {MaxSeconds}")
            : !isRolling && window.Seconds is not null
                ? Wrong("window.seconds", "is only for a rolling window")
            : isRolling && window.TimeZone is not null
                ? Wrong("window.time_zone", "is not for a rolling window")
            : null;
    }

    private static Fault Wrong(string field, string what) =>
        new(FaultCode.InvalidArgument, $"'{field}' {what}.", field);
}
