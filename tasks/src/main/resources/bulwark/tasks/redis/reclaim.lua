-- CONSUMER IDLE MAX SUSPECTS SUSPECT_AFTER NOW LONGEST DEATHS WORKER BYTES, then for each stream: stream group cursor. Answers the new cursors and the entries (stream group id delivery fields deaths).
-- Of entries that were delivered SUSPECT_AFTER times or more at most one is taken, and none without SUSPECTS. Fields longer than LONGEST are cut to one character more, and all of an entry to four times that;
-- more fields than an envelope has become one. After BYTES the look ends, and goes on from there at the next.
-- Of the deaths the last DEATHS bytes are kept, and of a holder's name the first WORKER.
local consumer, idle, left, suspects, after = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5])
local now, longest, most, named = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local cursors, taken = {}, {}

local bytes, size = tonumber(ARGV[10]), 0

local function cut(fields)
  if #fields > 1024 then fields = {'entry', table.concat(fields, '\n', 1, 1024)} end
  local room = 4 * longest + 4096
  for i = 1, #fields do
    fields[i] = string.sub(fields[i], 1, math.min(room, longest + 1))
    room = room - #fields[i]
    size = size + #fields[i]
  end
  return fields
end

local function claim(stream, group, row)
  local id, deliveries = row[1], row[4]
  if deliveries >= after then
    if not suspects then return end
    suspects = false
  end
  local entry = redis.call('XCLAIM', stream, group, consumer, idle, id)[1]
  if not (entry and entry[2]) then return end
  local deaths, key = '', deaths_key(stream)
  if key then
    local before = string.sub(redis.call('HGET', key, id) or '', -most)
    deaths = string.sub(before .. deliveries .. '\t' .. now .. '\t' .. string.sub(row[2], 1, named) .. '\n', -most)
    redis.call('HSET', key, id, deaths)
    redis.call('PEXPIRE', key, 2592000000)
  end
  taken[#taken + 1] = {stream, group, id, deliveries + 1, cut(entry[2]), deaths}
  left = left - 1
end

for at = 11, #ARGV, 3 do
  local stream, group, cursor = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if left > 0 and size < bytes then
    local asked = left
    local rows = redis.pcall('XPENDING', stream, group, 'IDLE', idle, cursor == '0-0' and '-' or '(' .. cursor, '+', asked)
    cursor = '0-0'
    if rows.err == nil then
      if #rows == asked then cursor = rows[#rows][1] end
      for _, row in ipairs(rows) do
        claim(stream, group, row)
        if size >= bytes then
          cursor = row[1]
          break
        end
      end
    end
  end
  cursors[#cursors + 1] = cursor
end
return {cursors, taken}
