-- Keeps which sales are open, as the order service said when it was asked. If that is the answer to the question that is
-- under way, which its marker tells, then all are known now. Each is counted by itself (recount.lua).
--
-- KEYS  1 asked, 2 index
-- ARGV  1 marker, 2... when a sale may be forgotten, and the sale
-- Answers {'KNOWN'} or {'UNCHANGED'}
for i = 2, #ARGV, 2 do
  redis.call('ZADD', KEYS[2], ARGV[i], ARGV[i + 1])
end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return {'UNCHANGED'}
end
redis.call('SET', KEYS[1], 'KNOWN')
return {'KNOWN'}
