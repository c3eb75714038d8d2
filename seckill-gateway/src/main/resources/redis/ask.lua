-- Whether the gateways may take it that a sale which none of them knows does not exist. So it is once all sales were asked
-- for since Redis had its data last, and the answers had their time. Its key says so and is lost with the data: then
-- whoever looks first asks again, or, if the question was not confirmed in time, who looks next.
--
-- KEYS  1 asked: ASKING for a while, then the time at which the broker had the question
-- ARGV  1 LOOK, or CONFIRMED when the broker has the question; 2 milliseconds for the confirm, and then for the answers
-- Answers {'ASK'}, {'ASKED'} or {'KNOWN'}
local asked = redis.call('GET', KEYS[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[1] == 'CONFIRMED' then
  redis.call('SET', KEYS[1], string.format('%.0f', now))
  return {'ASKED'}
end
if not asked then
  redis.call('SET', KEYS[1], 'ASKING', 'PX', ARGV[2])
  return {'ASK'}
end
if asked == 'ASKING' or now - asked < tonumber(ARGV[2]) then
  return {'ASKED'}
end
return {'KNOWN'}
