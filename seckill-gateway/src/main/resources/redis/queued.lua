-- Notes that the broker confirmed a purchase: ADMITTED becomes QUEUED. In any later state it changes nothing, since the
-- outcome may overtake the confirm.
--
-- KEYS  1 ticket
-- Answers {'QUEUED'} or {'UNCHANGED'}
if redis.call('HGET', KEYS[1], 'state') ~= 'ADMITTED' then
  return {'UNCHANGED'}
end
redis.call('HSET', KEYS[1], 'state', 'QUEUED')
return {'QUEUED'}
