-- Settles a ticket, as an event of the order service tells: it is pending no more, and the newer version's left counts.
-- An event that is repeated, or late, or overtaken by a later one changes nothing.
--
-- The outcome ORDERED or REFUSED is final. A refusal frees the buyer to try again; so does CANCELLED, which tells of an
-- order that was given up. A cancellation may be heard before the order that it cancels.
--
-- KEYS  1 sale, 2 buyers, 3 pending, 4 ticket
-- ARGV  1 ORDERED, CANCELLED or REFUSED, 2 ticket, 3 buyer or '', 4 left, 5 version, 6 order or '', 7 reason or '',
--       8 milliseconds to keep everything after the sale closed
-- Answers {'SETTLED'} or {'UNCHANGED'}, which speak of the ticket alone
local outcome, id = ARGV[1], ARGV[2]
local known, closes = unpack(redis.call('HMGET', KEYS[1], 'version', 'closes'))

local function keep(key)
  if closes then
    redis.call('PEXPIREAT', key, closes + ARGV[8])
  elseif redis.call('PTTL', key) < 0 then
    redis.call('PEXPIRE', key, ARGV[8]) -- the sale's announcement is yet to come
  end
end

if not known or tonumber(ARGV[5]) > tonumber(known) then
  redis.call('HSET', KEYS[1], 'left', ARGV[4], 'version', ARGV[5])
  keep(KEYS[1])
end
redis.call('ZREM', KEYS[3], id)

if ARGV[3] ~= '' then
  redis.call('HSETNX', KEYS[4], 'buyer', ARGV[3]) -- new only where Redis lost the ticket
end
local state, cancelled, buyer = unpack(redis.call('HMGET', KEYS[4], 'state', 'cancelled', 'buyer'))
if cancelled or state == 'REFUSED' or (state == 'ORDERED' and outcome ~= 'CANCELLED') then
  return {'UNCHANGED'}
end

if outcome == 'REFUSED' then
  redis.call('HSET', KEYS[4], 'state', 'REFUSED', 'reason', ARGV[7])
else
  redis.call('HSET', KEYS[4], 'state', 'ORDERED', 'order', ARGV[6])
end
if outcome == 'CANCELLED' then
  redis.call('HSET', KEYS[4], 'cancelled', 1)
end
keep(KEYS[4])

if outcome == 'ORDERED' then
  -- As it is already, unless Redis lost it: who has an order of this sale is not admitted again. Who was, before this was
  -- heard, has a second ticket, which will be refused and must not take the order's place.
  redis.call('HSET', KEYS[2], buyer, id)
  keep(KEYS[2])
elseif buyer and redis.call('HGET', KEYS[2], buyer) == id then
  redis.call('HDEL', KEYS[2], buyer)
end
return {'SETTLED'}
