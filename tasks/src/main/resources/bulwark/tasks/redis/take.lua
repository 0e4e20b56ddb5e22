-- NOW CONSUMER MAX SCOPE COUNT, then for each of COUNT sources: group start make delayed backlogs limits backlog-prefix expiry N stream…, in the order of reading.
-- Answers: the soonest time at which something becomes due ('' for none), the due of each source (key member …), entries (stream {{id fields} …}), and, when
-- nothing was taken from more than one source, the last entry of each stream, so that waiting for what follows misses nothing.
-- With a MAX of 0 nothing is read, but the groups are there.
-- SCOPE is all, most (the very last stream is left to a plain command, which is twice as fast where there is much to read), or due: nothing is read but what passed its limits now.
local now, consumer, left, scope, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local soonest, due, taken, lasts = '', {}, {}, {}

local function groups(source)
  for i = source.first, source.last do
    if source.make == '1' then
      redis.pcall('XGROUP', 'CREATE', ARGV[i], source.group, source.start, 'MKSTREAM')
    else
      redis.pcall('XGROUP', 'CREATE', ARGV[i], source.group, source.start)
    end
    if source.expiry ~= '' then redis.call('PEXPIRE', ARGV[i], source.expiry) end
  end
end

local function read(source, stream, retry)
  local got = redis.pcall('XREADGROUP', 'GROUP', source.group, consumer, 'COUNT', left, 'STREAMS', stream, '>')
  if not got then return end
  if got.err then
    if retry and string.find(got.err, 'NOGROUP', 1, true) then
      groups(source)
      return read(source, stream, false)
    end
    return source.make == '1' and got or nil
  end
  left = left - #got[1][2]
  taken[#taken + 1] = got[1]
end

local function comes(time)
  if soonest == '' or tonumber(time) < tonumber(soonest) then soonest = time end
end

local function delayed(key)
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if first[2] == nil then return end
  if tonumber(first[2]) <= tonumber(now) then
    local members, size = {key}, 0
    -- By bytes as well as by number; the rest comes at the next look.
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, 128)) do
      size = size + #member
      if size > 4194304 and #members > 1 then break end
      members[#members + 1] = member
    end
    due[#due + 1] = members
  else
    comes(first[2])
  end
end

-- What a backlog waits for, as the script limit wrote it. Text of anybody else counts as nothing to wait for.
local function limits_of(source, name)
  local good, limits = pcall(cjson.decode, redis.call('HGET', source.limits, name) or '[]')
  if not good or type(limits) ~= 'table' then return {} end
  for _, limit in ipairs(limits) do
    if type(limit) ~= 'table' or not (type(limit[1]) == 'string' and tonumber(limit[2]) and tonumber(limit[3])) then return {} end
  end
  return limits
end

-- Lets the first of a backlog into the stream of those that passed their limits, as long as there is room. Returns how many.
local function admit(source, name, room)
  local backlog, limits, admitted, size = source.prefix .. name, limits_of(source, name), 0, 0
  while admitted < room and size < 4194304 do
    local wait, taken_starts, next_wait = look_for_start(limits, now * 1000)
    if wait == 0 then
      local member = redis.call('ZPOPMIN', backlog)[1]
      if not member then
        redis.call('ZREM', source.backlogs, name)
        redis.call('HDEL', source.limits, name)
        return admitted
      end
      take(taken_starts, now * 1000)
      local text = string.sub(member, (string.find(member, ':', 1, true) or 0) + 1)
      redis.call('XADD', ARGV[source.first], '*', 'json', text)
      admitted, size = admitted + 1, size + #text
    end
    if next_wait > 0 then
      local time = string.format('%.0f', math.ceil(now + next_wait / 1000))
      redis.call('ZADD', source.backlogs, time, name)
      comes(time)
      return admitted
    end
  end
  comes(now)
  return admitted
end

local function limited(source)
  local first = redis.call('ZRANGE', source.backlogs, 0, 15, 'WITHSCORES')
  local admitted = 0
  for i = 1, #first, 2 do
    if tonumber(first[i + 1]) > tonumber(now) then
      comes(first[i + 1])
      break
    elseif admitted < left then
      admitted = admitted + admit(source, first[i], left - admitted)
    else
      comes(now)
      break
    end
  end
  return admitted > 0
end

local joins, sources, at = left == 0, {}, 6
for i = 1, count do
  local n = tonumber(ARGV[at + 8])
  local source = {group = ARGV[at], start = ARGV[at + 1], make = ARGV[at + 2], expiry = ARGV[at + 7], first = at + 9, last = at + 8 + n}
  source.backlogs, source.limits, source.prefix = ARGV[at + 4], ARGV[at + 5], ARGV[at + 6]
  sources[i] = source
  if ARGV[at + 3] ~= '' then delayed(ARGV[at + 3]) end
  if joins then groups(source) end
  local passed = source.backlogs ~= '' and left > 0 and limited(source)
  for j = source.first, source.last do
    local reads = scope == 'all' or (scope == 'most' and (i < count or j < source.last)) or (passed and j == source.first)
    if left > 0 and reads then
      local failed = read(source, ARGV[j], true)
      if failed then return failed end
    end
  end
  at = at + 9 + n
end
if #taken == 0 and count > 1 and scope ~= 'due' then
  for _, source in ipairs(sources) do
    for j = source.first, source.last do
      local last = redis.call('XREVRANGE', ARGV[j], '+', '-', 'COUNT', 1)[1]
      lasts[#lasts + 1] = last and last[1] or '0-0'
    end
  end
end
return {soonest, due, taken, lasts}
