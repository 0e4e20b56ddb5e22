-- OPERATION KEY owner millis. Answers 1 when the owner holds it (released: held it).
local owner = redis.call('GET', ARGV[2])
if ARGV[1] == 'acquire' and not owner then
  redis.call('SET', ARGV[2], ARGV[3], 'PX', ARGV[4])
  return 1
end
if owner ~= ARGV[3] then return 0 end
if ARGV[1] == 'release' then redis.call('DEL', ARGV[2]) else redis.call('PEXPIRE', ARGV[2], ARGV[4]) end
return 1
