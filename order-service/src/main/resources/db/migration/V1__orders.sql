-- Who can sign in.
create table accounts (
    id            uuid primary key,
    email         text        not null,
    role          text        not null check (role in ('customer', 'operator')),
    password_hash text        not null,
    created_at    timestamptz not null default now()
);
create unique index accounts_email on accounts (lower(email));

-- Who can buy.
create table customers (
    id       uuid primary key references accounts,
    name     text not null,
    phone    text not null,
    language text not null,
    street   text not null,
    city     text not null,
    postcode text not null,
    country  text not null
);

-- The key that tokens are signed with; every instance uses the same.
create table signing_keys (
    name       text primary key,
    jwk        text        not null,
    created_at timestamptz not null default now()
);

-- available: the units that can be ordered; version grows with each change of it.
create table products (
    id        uuid primary key,
    name      text   not null,
    price     bigint not null check (price > 0),
    currency  text   not null,
    available int    not null check (available >= 0),
    version   bigint not null default 1
);

-- Recipient and address are snapshots. An order with a sale holds a unit of the sale instead of the product's.
create table orders (
    id         uuid primary key,
    customer   uuid        not null references customers,
    state      text        not null check (state in ('PLACED', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED')),
    name       text        not null,
    email      text        not null,
    phone      text        not null,
    language   text        not null,
    street     text        not null,
    city       text        not null,
    postcode   text        not null,
    country    text        not null,
    total      bigint      not null,
    currency   text        not null,
    placed_at  timestamptz not null,
    pay_before timestamptz not null,
    sale       uuid,
    ticket     text,
    check ((sale is null) = (ticket is null))
);

create table order_lines (
    order_id uuid   not null references orders,
    position int    not null,
    product  uuid   not null references products,
    name     text   not null,
    quantity int    not null check (quantity > 0),
    price    bigint not null,
    primary key (order_id, position)
);

-- What a buyer asked for under an Idempotency-Key; what they were answered then is in the order.
create table order_requests (
    customer  uuid  not null references customers,
    key       text  not null,
    body_hash bytea not null,
    order_id  uuid  not null references orders deferrable initially deferred,
    primary key (customer, key)
);

-- One row for each try to charge a card; its id is the Idempotency-Key toward the acquirer. Of the card, nothing.
-- PENDING: begun, and the answer not known. REFUND_DUE: charged for an order that was cancelled or paid meanwhile.
create table payments (
    id             uuid primary key,
    order_id       uuid        not null references orders,
    state          text        not null check (state in ('PENDING', 'APPROVED', 'DECLINED', 'REFUND_DUE', 'REFUNDED')),
    charge         text,
    reason         text,
    begun_at       timestamptz not null default now(),
    settled_at     timestamptz,
    next_refund_at timestamptz
);
create unique index payments_pending on payments (order_id) where state = 'PENDING';
create unique index payments_approved on payments (order_id) where state = 'APPROVED';
create index payments_refund_due on payments (next_refund_at) where state = 'REFUND_DUE';
