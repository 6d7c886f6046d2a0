-- What the request that made a run might do, which can be less than its key may. Null in runs from before this was kept: of
-- those the key alone counts. A question is asked with what both have when its turn comes.
alter table evals.run add column scopes text[];
