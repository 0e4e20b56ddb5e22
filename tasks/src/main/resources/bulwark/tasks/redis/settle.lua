-- RESULT EVENTS, then for each: KIND stream group consumer entry delivery, a status (see write_status), and for KIND again what to enter, for dead: key letter.
-- What comes in comes before what goes out, so that an error in the middle (out of memory) loses nothing.
local answers, seen, leaving = {}, {}, {}
local at = 3
while at <= #ARGV do
  local kind, stream, group, entry = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 4]
  local place = stream .. '\n' .. group
  local key = place .. '\n' .. entry
  local good = not seen[key] and held(stream, group, ARGV[at + 3], entry, ARGV[at + 5])
  at = at + 6
  if good then
    seen[key] = true
    at = write_status(at)
    if kind == 'again' then
      at = enter(at)
    elseif kind == 'dead' then
      redis.call('LPUSH', ARGV[at], ARGV[at + 1])
      at = at + 2
    end
    local there = leaving[place]
    if there == nil then
      there = {stream, group}
      leaving[place] = there
    end
    there[#there + 1] = entry
  else
    at = at + (ARGV[at] == 'none' and 1 or 7)
    if kind == 'again' then
      at = at + 3 + tonumber(ARGV[at + 2])
    elseif kind == 'dead' then
      at = at + 2
    end
  end
  answers[#answers + 1] = good and 1 or 0
end
for _, entries in pairs(leaving) do
  redis.call('XACK', unpack(entries))
end
return answers
