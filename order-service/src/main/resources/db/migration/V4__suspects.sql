-- Messages that were delivered before and not acknowledged: one of them may be what the process died of.
-- message: a digest of the body. alone: it was the only one in the works, and still is if it was not settled since.
create table suspects (
    message      text    primary key,
    redeliveries int     not null,
    alone        boolean not null default false
);
