using AiStack.ServiceDefaults.Erasures;
using AiStack.Serving.Ledger;

namespace AiStack.Serving.Erasures;

/// <summary>Where end users are counted by their names. The counts stay, under a name that says nothing.</summary>
internal static class EndUserPlaces
{
    public static IReadOnlyList<ErasurePlace> All { get; } =
    [
        new("serving.embedding",
            scope =>
                $"""
                select replace(id::text, '-', ''), end_user, end_user = {EndUser.Of(null, scope.EndUser)}, end_user
                from serving.embedding
                where end_user is not null
                """,
            (_, keys) => $"update serving.embedding set end_user = null where id = any({ErasurePlace.IdsOf(keys)})"),
        // What is counted of somebody is not counted on: whoever comes back under the name begins anew.
        new ErasurePlace("serving.budget_member",
            scope =>
                $"""
                select member, member, member = {EndUser.Of(null, scope.EndUser)}, member, count(*)::int
                from serving.budget_slice
                where member not in ('', 'erased') and member not like 'erased:%'
                group by member
                """,
            (scope, keys) =>
                $"""
                with renamed as materialized (
                    select key, {$"erased:{scope.Id.Value:N}:"} || row_number() over () as member
                    from unnest({keys}) as gone (key)
                ), slices as (
                    update serving.budget_slice s set member = r.member from renamed r where s.member = r.key
                ), entries as (
                    update serving.budget_entry e set member = r.member from renamed r where e.member = r.key
                )
                update serving.budget_warning w set member = r.member from renamed r where w.member = r.key
                """)
        with
        {
            HasPersonalKey = true,
        },
    ];
}
