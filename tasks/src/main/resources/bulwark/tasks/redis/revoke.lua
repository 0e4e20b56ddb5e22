-- KEY task version revocation. Answers what is stored afterwards.
local there = redis.call('HGET', ARGV[1], ARGV[2])
if there then
  local good, entry = pcall(cjson.decode, there)
  if good and type(entry) == 'table' and (tonumber(entry.version) or 0) >= tonumber(ARGV[3]) then return there end
end
redis.call('HSET', ARGV[1], ARGV[2], ARGV[4])
return ARGV[4]
