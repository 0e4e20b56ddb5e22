-- DESCRIPTOR CLAIM expected fresh. Answers 1 for the winner, 0 when claimed or gone, 2 when the descriptor is no longer the expected one.
local group = redis.call('GET', ARGV[1])
if not group or redis.call('EXISTS', ARGV[2]) == 1 then return 0 end
if group ~= ARGV[3] then return 2 end
local left = redis.call('PTTL', ARGV[1])
if left > 0 then redis.call('SET', ARGV[2], '1', 'PX', left) else redis.call('SET', ARGV[2], '1') end
redis.call('SET', ARGV[1], ARGV[4], 'KEEPTTL')
return 1
