-- Gives back what is still one's own: after the lease it may be somebody else's, or done.
--
-- KEYS  1 claim
-- ARGV  1 own token
-- Answers what the claim held
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return holder
