-- Takes what is free.
--
-- KEYS  1 claim
-- ARGV  1 own token, 2 lease in milliseconds
-- Answers what the claim then holds: the own token, somebody else's, or 'done'
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return ARGV[1]
end
return redis.call('GET', KEYS[1])
