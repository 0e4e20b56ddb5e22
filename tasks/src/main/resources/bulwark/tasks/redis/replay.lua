-- DEAD letter RESULTKEY expected fresh retention CHANNEL, what to enter. Answers 0 when the letter is gone, 2 when the status is no longer the expected one, 1 when done.
if (redis.call('GET', ARGV[3]) or '') ~= ARGV[4] then return 2 end
if not redis.call('LPOS', ARGV[1], ARGV[2], 'RANK', -1) then return 0 end
enter(8)
if ARGV[5] ~= '' then
  redis.call('SET', ARGV[3], ARGV[5], 'PX', ARGV[6])
  redis.call('PUBLISH', ARGV[7], '1')
end
redis.call('LREM', ARGV[1], -1, ARGV[2])
return 1
