-- CONSUMER IDLE MAX, then for each stream: stream group cursor. Answers the new cursors and the entries (stream group id delivery fields).
local consumer, idle, left = ARGV[1], ARGV[2], tonumber(ARGV[3])
local cursors, taken = {}, {}
for at = 4, #ARGV, 3 do
  local stream, group, cursor = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if left > 0 then
    local got = redis.pcall('XAUTOCLAIM', stream, group, consumer, idle, cursor, 'COUNT', left)
    if got.err then
      cursor = '0-0'
    else
      cursor = got[1]
      for _, entry in ipairs(got[2]) do
        if entry and entry[2] then
          local row = redis.call('XPENDING', stream, group, entry[1], entry[1], 1, consumer)[1]
          taken[#taken + 1] = {stream, group, entry[1], row and row[4] or 1, entry[2]}
          left = left - 1
        end
      end
    end
  end
  cursors[#cursors + 1] = cursor
end
return {cursors, taken}
