-- RESULT EVENTS LOCK owner MILLIS, a status, what to enter. Answers the owner of the lock: published now, or before.
local owner = redis.call('GET', ARGV[3])
if owner then return owner end
enter((write_status(6)))
redis.call('SET', ARGV[3], ARGV[4], 'PX', ARGV[5])
return ARGV[4]
