-- left: units that no live order holds; version grows with each change of it. At any time,
-- left + returned + live orders = allotment.
-- marker_due: when the marker that closes the sale is to be sent (again), once it is past its time.
create table sales (
    id         uuid primary key,
    product    uuid        not null references products,
    price      bigint      not null check (price > 0),
    currency   text        not null,
    opens      timestamptz not null,
    closes     timestamptz not null,
    state      text        not null check (state in ('OPEN', 'CLOSED')),
    allotment  int         not null check (allotment > 0),
    "left"     int         not null check ("left" >= 0),
    returned   int         not null default 0 check (returned >= 0),
    version    bigint      not null default 1,
    marker_due timestamptz not null,
    check (closes > opens),
    check ("left" + returned <= allotment)
);
create index sales_open on sales (marker_due) where state = 'OPEN';

-- What became of each ticket: inbox and outcome in one. A sale or a buyer may be unknown here.
create table purchases (
    ticket     text primary key,
    sale       uuid        not null,
    buyer      uuid        not null,
    outcome    text        not null check (outcome in ('ORDERED', 'REFUSED')),
    order_id   uuid unique references orders,
    reason     text,
    settled_at timestamptz not null,
    check ((outcome = 'ORDERED') = (order_id is not null)),
    check ((outcome = 'REFUSED') = (reason is not null))
);
create index purchases_refused on purchases (sale) where outcome = 'REFUSED';

-- One live order per buyer and sale.
create unique index orders_live_of_sale on orders (sale, customer) where sale is not null and state <> 'CANCELLED';
