-- Keeps what was told of a sale: that it was announced, counted, or closed. All of it may be heard again, late, or in
-- another order; the newer version's left counts, and CLOSED is final.
--
-- What opens a sale:
-- * its announcement, if nothing is known of the sale and nobody can have been admitted yet: it has not begun, or nobody
--   heard of it before and it was announced only just now. Otherwise Redis may have lost what it knew, and the
--   announcement's left is of long ago (so it is, surely, where an outcome was heard before: nobody is admitted to what
--   was not announced). It stays UNCOUNTED, that is without a state, until recount.lua asks.
-- * the answer to the recount that is under way, which its marker tells. Any other answer only has its left and version.
--
-- KEYS  1 sale, 2 buyers, 3 pending
-- ARGV  1 OPEN or CLOSED, 2 left, 3 version, 4 milliseconds to keep everything after the sale closed, 5 closes, 6 opens,
--       7 when this was told, 8 milliseconds that an announcement is just now, or '' where the sale was heard of before,
--       9 marker of the recount that this answers or '', 10... further names and values of the sale
-- Answers {state}: {'OPEN'}, {'CLOSED'}, {'RECOUNTING'} or {'UNCOUNTED'}
local state, known, marker = unpack(redis.call('HMGET', KEYS[1], 'state', 'version', 'marker'))
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local begun = now >= tonumber(ARGV[6])
local justNow = ARGV[8] ~= '' and now - ARGV[7] <= tonumber(ARGV[8])
if ARGV[1] == 'CLOSED' then
  state = 'CLOSED'
elseif state == 'RECOUNTING' and marker == ARGV[9] then
  state = 'OPEN'
elseif not state and not known and ARGV[9] == '' and (justNow or not begun) then
  state = 'OPEN'
end

redis.call('HSET', KEYS[1], 'closes', ARGV[5], 'opens', ARGV[6], unpack(ARGV, 10))
if state then
  redis.call('HSET', KEYS[1], 'state', state)
end
if state ~= 'RECOUNTING' then
  redis.call('HDEL', KEYS[1], 'marker', 'asked')
end
if not known or tonumber(ARGV[3]) > tonumber(known) then
  redis.call('HSET', KEYS[1], 'left', ARGV[2], 'version', ARGV[3])
end
for _, key in ipairs(KEYS) do
  redis.call('PEXPIREAT', key, ARGV[5] + ARGV[4])
end
return {state or 'UNCOUNTED'}
