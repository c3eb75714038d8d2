-- Orders that wait to be paid, by the end of that time: what came due together is given up together.
create index orders_unpaid on orders (pay_before) where state = 'PLACED';
