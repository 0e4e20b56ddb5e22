-- DESCRIPTOR RESULTS id status. Answers the descriptor and all results, or nil.
local group = redis.call('GET', ARGV[1])
if not group then return nil end
redis.call('HSET', ARGV[2], ARGV[3], ARGV[4])
local left = redis.call('PTTL', ARGV[1])
if left > 0 then redis.call('PEXPIRE', ARGV[2], left) end
return {group, redis.call('HGETALL', ARGV[2])}
