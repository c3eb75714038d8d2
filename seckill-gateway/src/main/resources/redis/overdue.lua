-- What the reconciler has to look at in a sale: whether Redis has the sale at all, and the tickets whose time has come.
-- Tickets are given to one gateway at a time. That only spares the others the work: should two have them nevertheless,
-- because one froze for longer than its lease, retry.lua gives each attempt to one of them.
--
-- A ticket that is QUEUED, with a score below zero, is left alone while messages wait in the queue: it is most likely one
-- of them.
--
-- KEYS  1 sale, 2 pending, 3 lease
-- ARGV  1 this gateway, 2 milliseconds of its lease, 3 the most tickets, 4 1 if the queue is empty, else 0
-- Answers {state of the sale or '', ticket...}
local state = redis.call('HGET', KEYS[1], 'state') or ''
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[2], 0, now, 'LIMIT', 0, ARGV[3])
if ARGV[4] == '1' then
  for _, ticket in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[2], '(0', -now, 'LIMIT', 0, ARGV[3] - #due)) do
    due[#due + 1] = ticket
  end
end
if #due == 0 then
  return {state}
end
local holder = redis.call('GET', KEYS[3])
if holder and holder ~= ARGV[1] then
  return {state}
end
redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[2])
return {state, unpack(due)}
