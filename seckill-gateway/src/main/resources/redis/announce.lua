-- Keeps what was announced of a sale, or that it closed. An outcome may be heard before the announcement, and the
-- announcement again after the closing: the newer version's left counts, and CLOSED is final.
--
-- KEYS  1 sale, 2 buyers, 3 pending
-- ARGV  1 OPEN or CLOSED, 2 left, 3 version, 4 milliseconds to keep everything after the sale closed, 5 closes,
--       6... further names and values of the sale
-- Answers {'OPEN'} or {'CLOSED'}
local state, known = unpack(redis.call('HMGET', KEYS[1], 'state', 'version'))
if state ~= 'CLOSED' then
  state = ARGV[1]
end
redis.call('HSET', KEYS[1], 'state', state, 'closes', ARGV[5], unpack(ARGV, 6))
if not known or tonumber(ARGV[3]) > tonumber(known) then
  redis.call('HSET', KEYS[1], 'left', ARGV[2], 'version', ARGV[3])
end
for _, key in ipairs(KEYS) do
  redis.call('PEXPIREAT', key, ARGV[5] + ARGV[4])
end
return {state}
