-- Begins a recount of a sale that somebody knows, but Redis does not (any more): it is RECOUNTING, and admits nobody,
-- until the order service has answered the question with this marker (announce.lua). The question goes through the
-- capped queue, behind every purchase that was published before the data was lost, so the answer has them all.
--
-- A question without an answer for too long is asked anew, with the marker of the first: nobody is admitted meanwhile, so an
-- answer to any of them has all that was sold (but for what a gateway held back all that time), and however slow the answers are, the first one counts. The caller whose
-- question the broker refused drops the field `asked`, so that the next look asks at once.
--
-- KEYS  1 sale
-- ARGV  1 marker of a new recount, 2 milliseconds to wait for an answer, 3 milliseconds to keep it if nobody ever answers
-- Answers {'ASK', marker}, {'UNDER_WAY'}, or {'KNOWN'} where there is nothing to recount
local state, asked, marker = unpack(redis.call('HMGET', KEYS[1], 'state', 'asked', 'marker'))
if state and state ~= 'RECOUNTING' then
  return {'KNOWN'}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if asked and now - asked < tonumber(ARGV[2]) then
  return {'UNDER_WAY'}
end
marker = marker or ARGV[1]
redis.call('HSET', KEYS[1], 'state', 'RECOUNTING', 'marker', marker, 'asked', now)
if redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return {'ASK', marker}
