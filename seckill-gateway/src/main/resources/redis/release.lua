-- Takes an admission back that certainly reached no queue. Only a ticket that is still ADMITTED at attempt 1 may go:
-- a later attempt was published by somebody else, who may have been luckier.
--
-- KEYS  1 buyers, 2 pending, 3 ticket
-- ARGV  1 ticket
-- Answers {'RELEASED'} or {'UNCHANGED'}
local state, attempt, buyer = unpack(redis.call('HMGET', KEYS[3], 'state', 'attempt', 'buyer'))
if state ~= 'ADMITTED' or attempt ~= '1' then
  return {'UNCHANGED'}
end
redis.call('DEL', KEYS[3])
redis.call('ZREM', KEYS[2], ARGV[1])
if redis.call('HGET', KEYS[1], buyer) == ARGV[1] then
  redis.call('HDEL', KEYS[1], buyer)
end
return {'RELEASED'}
