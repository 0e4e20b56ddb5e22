-- HASH INDEX LOCK id expected score field value …. Answers -1 when stored, else the version that is there.
local version = tonumber(redis.call('HGET', ARGV[1], 'version') or '0') or 0
if redis.call('EXISTS', ARGV[1]) == 0 then version = 0 end
if version ~= tonumber(ARGV[5]) then return version end
redis.call('HSET', ARGV[1], unpack(ARGV, 7, #ARGV))
redis.call('ZADD', ARGV[2], ARGV[6], ARGV[4])
redis.call('DEL', ARGV[3])
return -1
