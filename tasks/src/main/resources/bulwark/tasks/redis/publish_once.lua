-- RESULT EVENTS MARKER MILLIS, a status, what to enter. Answers 1 when it was the first.
if redis.call('EXISTS', ARGV[3]) == 1 then return 0 end
enter((write_status(5)))
redis.call('SET', ARGV[3], '1', 'PX', ARGV[4])
return 1
