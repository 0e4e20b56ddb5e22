-- NOW CONSUMER MAX ALL COUNT, then for each of COUNT sources: group start make delayed expiry N stream…, highest priority first.
-- Answers: the soonest delayed time ('' for none), the due of each source (key member …), entries (stream {{id fields} …}), and, when
-- nothing was taken from more than one source, the last entry of each stream, so that waiting for what follows misses nothing.
-- With a MAX of 0 nothing is read, but the groups are there.
-- Without ALL the very last stream is left to a plain command, which is twice as fast where there is much to read.
local now, consumer, left, all, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5])
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
  elseif soonest == '' or tonumber(first[2]) < tonumber(soonest) then
    soonest = first[2]
  end
end

local joins, sources, at = left == 0, {}, 6
for i = 1, count do
  local n = tonumber(ARGV[at + 5])
  local source = {group = ARGV[at], start = ARGV[at + 1], make = ARGV[at + 2], expiry = ARGV[at + 4], first = at + 6, last = at + 5 + n}
  sources[i] = source
  if ARGV[at + 3] ~= '' then delayed(ARGV[at + 3]) end
  if joins then groups(source) end
  for j = source.first, source.last do
    if left > 0 and (all or i < count or j < source.last) then
      local failed = read(source, ARGV[j], true)
      if failed then return failed end
    end
  end
  at = at + 6 + n
end
if #taken == 0 and count > 1 then
  for _, source in ipairs(sources) do
    for j = source.first, source.last do
      local last = redis.call('XREVRANGE', ARGV[j], '+', '-', 'COUNT', 1)[1]
      lasts[#lasts + 1] = last and last[1] or '0-0'
    end
  end
end
return {soonest, due, taken, lasts}
