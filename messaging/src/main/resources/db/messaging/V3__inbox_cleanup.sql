-- For forgetting what was handled long ago.
create index inbox_handled on inbox (handled_at);
