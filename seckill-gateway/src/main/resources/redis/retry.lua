-- Takes the next attempt of a ticket whose time has come: whoever gets it publishes the purchase again. Nothing is
-- published again without it, so that from attempt 2 on no refusal releases the ticket (release.lua): an earlier attempt
-- may be in the queue, and lives on in it.
--
-- The score in `pending` is when to look at the ticket next; below zero, with that time as its amount, once it is QUEUED.
-- * ADMITTED: no confirm was heard. Tried again each time, whatever is in the queue.
-- * QUEUED: no outcome was heard. Tried again only when the queue is empty, and then less and less often: the order
--   service may hold it unacknowledged for as long as its database is away.
-- * settled: it is pending no more.
-- * no ticket: its hash was lost, and with it the buyer, so it cannot be published again. It gives its unit back when the
--   queue is empty; should its purchase live on all the same, its outcome is heard as any other.
--
-- KEYS  1 pending, 2 ticket
-- ARGV  1 ticket, 2 milliseconds until the reconciler looks at it again, 3 1 if the queue is empty, else 0
-- Answers {'PUBLISH', attempt, buyer}, {'UNCHANGED'} or {'DROPPED'}
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if not score or math.abs(score) > now then
  return {'UNCHANGED'}
end
local state, attempt, buyer = unpack(redis.call('HMGET', KEYS[2], 'state', 'attempt', 'buyer'))
local empty = ARGV[3] == '1'
if state == 'ORDERED' or state == 'REFUSED' or (not state and empty) then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return {'DROPPED'}
end
if not state then
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
  return {'UNCHANGED'}
end
if state == 'QUEUED' and not empty then
  return {'UNCHANGED'}
end
attempt = attempt + 1
redis.call('HSET', KEYS[2], 'attempt', attempt)
if state == 'QUEUED' then
  redis.call('ZADD', KEYS[1], -(now + ARGV[2] * math.min(2 ^ (attempt - 1), 60)), ARGV[1])
else
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
end
return {'PUBLISH', tostring(attempt), buyer}
