create table shipments (
    id         uuid        primary key,
    order_id   uuid        not null unique,
    depot      text        not null,
    recipient  jsonb       not null,
    address    jsonb       not null,
    state      text        not null check (state in ('PACKING', 'DISPATCHED', 'DELIVERED')),
    due_at     timestamptz, -- when the next step is taken; null when there is none
    created_at timestamptz not null default now(),
    check ((state = 'DELIVERED') = (due_at is null))
);

-- The mover reads by this several times a second; what has arrived costs it nothing.
create index shipments_due on shipments (due_at) where due_at is not null;
