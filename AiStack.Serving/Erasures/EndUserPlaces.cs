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
                where member <> '' and member not like 'erased:%'
                  and budget_id in (select id from serving.budget where subject = 'user')
                group by member
                """,
            (_, keys) =>
                $"""
                with renamed as materialized (
                    select key, 'erased:' || gen_random_uuid() as member
                    from unnest({keys}) as gone (key)
                ), of_user as materialized (
                    select id from serving.budget where subject = 'user'
                ), slices as (
                    update serving.budget_slice s set member = r.member
                    from renamed r where s.member = r.key and s.budget_id in (select id from of_user)
                ), entries as (
                    update serving.budget_entry e set member = r.member
                    from renamed r where e.member = r.key and e.budget_id in (select id from of_user)
                )
                update serving.budget_warning w set member = r.member
                from renamed r where w.member = r.key and w.budget_id in (select id from of_user)
                """)
        with
        {
            HasPersonalKey = true,
        },
    ];
}
