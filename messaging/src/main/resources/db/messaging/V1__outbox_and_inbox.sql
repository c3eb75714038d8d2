create table outbox (
    id              bigint generated always as identity primary key,
    event_id        uuid        not null unique,
    shard           int         not null,
    aggregate       text        not null,
    routing_key     text        not null,
    occurred_at     timestamptz not null,
    body            bytea       not null,
    attempts        int         not null default 0,
    next_attempt_at timestamptz not null default now(),
    published_at    timestamptz
);

-- The relay reads by this, so what was sent long ago costs it nothing.
create index outbox_unpublished on outbox (shard, id) where published_at is null;

-- For deleting what was sent.
create index outbox_published on outbox (published_at) where published_at is not null;

-- Who relays a shard holds its row's lock.
create table outbox_shard (
    shard int primary key
);
insert into outbox_shard select generate_series(0, 7);

create table inbox (
    queue      text        not null,
    message_id text        not null,
    handled_at timestamptz not null default now(),
    primary key (queue, message_id)
);
