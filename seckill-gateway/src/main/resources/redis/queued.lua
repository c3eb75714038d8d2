-- Notes that the broker confirmed purchases of a sale: ADMITTED becomes QUEUED. In any later state it changes nothing, since
-- the outcome may overtake the confirm. From now on the reconciler looks at them less and less often (retry.lua).
--
-- KEYS  1 pending, 2 .. tickets
-- ARGV  1 milliseconds until the reconciler looks at them, 2 .. the tickets in the same order
-- Answers 'QUEUED' or 'UNCHANGED' for each
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answers = {}
for i = 2, #KEYS do
  local state, attempt = unpack(redis.call('HMGET', KEYS[i], 'state', 'attempt'))
  if state == 'ADMITTED' then
    redis.call('HSET', KEYS[i], 'state', 'QUEUED')
    redis.call('ZADD', KEYS[1], 'XX', -(now + ARGV[1] * math.min(2 ^ (attempt - 1), 60)), ARGV[i])
    answers[i - 1] = 'QUEUED'
  else
    answers[i - 1] = 'UNCHANGED'
  end
end
return answers
