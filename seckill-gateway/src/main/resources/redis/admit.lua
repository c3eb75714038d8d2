-- Admits a buyer to a sale: a ticket ADMITTED, attempt 1, pending.
--
-- The rule: the sale is open, the buyer holds no ticket, and left - |pending| > 0. `left` is what the order service
-- said last; `pending` are the tickets that have no outcome yet. Nothing is incremented or decremented, so whatever is
-- repeated, late or lost can only admit too few for a moment, never too many, while Redis keeps its data (docs/guarantees.md, 4).
--
-- SOLD_OUT is what the order service said: no unit is without an order. While units are left, but as many tickets are
-- pending, they are TAKEN: one of those tickets may yet be refused or released.
--
-- While the sale is counted anew, because Redis lost its data (recount.lua), it is RECOUNTING and admits nobody.
--
-- The score in `pending` is when the reconciler looks at the ticket, unless the broker confirms it before (retry.lua).
-- The time is Redis' own, so that all gateways open and close a sale at the same moment.
-- Run again with the same ticket (the client resends what a broken connection owed), it answers the same again.
--
-- KEYS  1 sale, 2 buyers, 3 pending, 4 ticket
-- ARGV  1 ticket, 2 buyer, 3 milliseconds to keep everything after the sale closed,
--       4 milliseconds until the reconciler looks at it
-- Answers {'ADMITTED'}, {'HELD', ticket}, {'SOLD_OUT'}, {'TAKEN'}, {'NOT_OPEN', opens}, {'CLOSED'}, {'RECOUNTING'} or
--         {'UNKNOWN'}
local state, opens, closes, left = unpack(redis.call('HMGET', KEYS[1], 'state', 'opens', 'closes', 'left'))
if not state then
  return {'UNKNOWN'}
end
if state == 'RECOUNTING' then
  return {'RECOUNTING'}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now < tonumber(opens) then
  return {'NOT_OPEN', opens}
end
local held = redis.call('HGET', KEYS[2], ARGV[2])
if held == ARGV[1] then
  return {'ADMITTED'}
end
if state == 'CLOSED' or now >= tonumber(closes) then
  return {'CLOSED'}
end
if held then
  return {'HELD', held}
end
if tonumber(left) <= 0 then
  return {'SOLD_OUT'}
end
if tonumber(left) - redis.call('ZCARD', KEYS[3]) <= 0 then
  return {'TAKEN'}
end
local forgotten = tonumber(closes) + tonumber(ARGV[3])
redis.call('HSET', KEYS[4], 'state', 'ADMITTED', 'attempt', 1, 'buyer', ARGV[2])
redis.call('PEXPIREAT', KEYS[4], forgotten)
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[3], now + ARGV[4], ARGV[1])
if redis.call('HLEN', KEYS[2]) == 1 then
  redis.call('PEXPIREAT', KEYS[2], forgotten)
end
if redis.call('ZCARD', KEYS[3]) == 1 then
  redis.call('PEXPIREAT', KEYS[3], forgotten)
end
return {'ADMITTED'}
