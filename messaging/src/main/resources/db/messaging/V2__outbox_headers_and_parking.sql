-- headers:   what travels with the message besides its properties, the W3C traceparent of its change, say
-- parked_at: since when it is out of the relay's way, because it can never be published; failure says why.
--            Once mended, it goes on by: update outbox set parked_at = null, failure = null where event_id = ...
alter table outbox
    add column headers   jsonb,
    add column parked_at timestamptz,
    add column failure   text;

drop index outbox_unpublished;
create index outbox_unpublished on outbox (shard, id) where published_at is null and parked_at is null;

-- The few that were not confirmed: they hold back the rest of their aggregates.
create index outbox_waiting on outbox (shard, aggregate)
    where published_at is null and parked_at is null and attempts > 0;

create index outbox_parked on outbox (parked_at) where parked_at is not null;

-- Each message leaves a dead entry behind in the relay's index. By the default, a fifth of the table, they would grow with it.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Without statistics the planner takes it that few messages wait, and reads them by the index above. With those of a rush it
-- would go on reading the whole table when all of it has long been sent.
alter table outbox
    alter column published_at set statistics 0,
    alter column parked_at set statistics 0;
