-- Whether a sale that Redis does not know may be one all the same. So it is if it is listed, or as long as it is not known
-- which sales there are: until listed.lua brought the answer to a question that was asked since Redis had its data last.
-- That it was is lost with the data. A question without an answer for too long is asked anew, with another marker.
--
-- KEYS  1 asked: the marker of the question that is under way, then KNOWN; 2 index: the sales by when they are forgotten
-- ARGV  1 marker, 2 milliseconds to wait for an answer, 3 sale or '', to ask only which there are
-- Answers {'LISTED', forgotten}, {'KNOWN'}, {'ASKED'}, or {'ASK'} to the one who shall ask
local forgotten = redis.call('ZSCORE', KEYS[2], ARGV[3])
if forgotten then
  return {'LISTED', forgotten}
end
local asked = redis.call('GET', KEYS[1])
if asked then
  return {asked == 'KNOWN' and 'KNOWN' or 'ASKED'}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'ASK'}
