-- Settles tickets of a sale, as an event of the order service tells: they are pending no more, and the newer version's left
-- counts. An event that is repeated, or late, or overtaken by a later one changes nothing.
--
-- The outcome ORDERED or REFUSED is final. A refusal frees the buyer to try again; so does CANCELLED, which tells of an
-- order that was given up. A cancellation may be heard before the order that it cancels.
--
-- KEYS  1 sale, 2 buyers, 3 pending, 4 .. tickets
-- ARGV  1 ORDERED, CANCELLED or REFUSED, 2 left, 3 version, 4 milliseconds to keep everything after the sale closed, and then
--       three for each of the tickets, in the same order: ticket, buyer or '', order or reason
-- Answers {}
local outcome = ARGV[1]
local known, closes = unpack(redis.call('HMGET', KEYS[1], 'version', 'closes'))

local function keep(key)
  if closes then
    redis.call('PEXPIREAT', key, closes + ARGV[4])
  elseif redis.call('PTTL', key) < 0 then
    redis.call('PEXPIRE', key, ARGV[4]) -- the sale's announcement is yet to come
  end
end

local function settle(key, id, buyer, why)
  local state, cancelled, holder = unpack(redis.call('HMGET', key, 'state', 'cancelled', 'buyer'))
  if holder then
    buyer = holder
  elseif buyer ~= '' then
    redis.call('HSET', key, 'buyer', buyer) -- Redis lost the ticket
  end
  if cancelled or state == 'REFUSED' or (state == 'ORDERED' and outcome ~= 'CANCELLED') then
    return
  end

  if outcome == 'REFUSED' then
    redis.call('HSET', key, 'state', 'REFUSED', 'reason', why)
  else
    redis.call('HSET', key, 'state', 'ORDERED', 'order', why)
  end
  if outcome == 'CANCELLED' then
    redis.call('HSET', key, 'cancelled', 1)
  end
  keep(key)

  if outcome == 'ORDERED' then
    -- As it is already, unless Redis lost it: who has an order of this sale is not admitted again. Who was, before this was
    -- heard, has a second ticket, which will be refused and must not take the order's place.
    redis.call('HSET', KEYS[2], buyer, id)
  elseif buyer ~= '' and redis.call('HGET', KEYS[2], buyer) == id then
    redis.call('HDEL', KEYS[2], buyer)
  end
end

if not known or tonumber(ARGV[3]) > tonumber(known) then
  redis.call('HSET', KEYS[1], 'left', ARGV[2], 'version', ARGV[3])
  keep(KEYS[1])
end
for i = 4, #KEYS do
  local at = 5 + 3 * (i - 4)
  redis.call('ZREM', KEYS[3], ARGV[at])
  settle(KEYS[i], ARGV[at], ARGV[at + 1], ARGV[at + 2])
end
keep(KEYS[2])
return {}
