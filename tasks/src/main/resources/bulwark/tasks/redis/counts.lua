-- NOW GROUP DELAYED DEAD BACKLOG-LIMITS BACKLOG-PREFIX COUNTED stream…. Answers how much waits, is held, is delayed and is dead. One look finds the few streams that hold anything.
-- The server does not know its lag after somebody deleted entries, nor before Redis 7: then it is counted as far as COUNTED.
local look = {'XREAD', 'COUNT', 1, 'STREAMS'}
for i = 8, #ARGV do look[#look + 1] = ARGV[i] end
for i = 8, #ARGV do look[#look + 1] = '0-0' end
local waiting, held = redis.call('ZCOUNT', ARGV[3], '-inf', ARGV[1]), 0
local delayed = redis.call('ZCARD', ARGV[3]) - waiting
for _, name in ipairs(redis.call('HKEYS', ARGV[5])) do
  waiting = waiting + redis.call('ZCARD', ARGV[6] .. name)
end

local function group_of(stream)
  for _, row in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = {}
    for i = 1, #row, 2 do group[row[i]] = row[i + 1] end
    if group.name == ARGV[2] then return group end
  end
end

for _, found in ipairs(redis.call(unpack(look)) or {}) do
  local stream = found[1]
  local group = group_of(stream)
  if not group then
    waiting = waiting + redis.call('XLEN', stream)
  else
    held = held + group.pending
    waiting = waiting + (group.lag or #redis.call('XRANGE', stream, '(' .. group['last-delivered-id'], '+', 'COUNT', ARGV[7]))
  end
end
return {waiting, held, delayed, redis.call('LLEN', ARGV[4])}
