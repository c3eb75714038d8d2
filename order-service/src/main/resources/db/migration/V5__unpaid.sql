-- Unpaid orders, by the end of their time to be paid: what comes due together is given up together.
create index orders_unpaid on orders (pay_before, id) where state = 'PLACED';
