-- RESULT EVENTS, holdings, then for each: KIND HOLDING entry delivery, a status (see write_status), and for KIND again what to enter, for dead: key letter.
-- What comes in comes before what goes out, so that an error in the middle (out of memory) loses nothing.
local answers = {}
local at = read_holdings(3)
while at <= #ARGV do
  local kind, holding, entry = ARGV[at], holdings[tonumber(ARGV[at + 1])], ARGV[at + 2]
  holding.leaving = holding.leaving or {holding.stream, holding.group}
  holding.left = holding.left or {}
  local good = not holding.left[entry] and held(holding, entry, ARGV[at + 3])
  local again_delivered = ARGV[at + 3] ~= '1'
  at = at + 4
  if good then
    at = write_status(at)
    if kind == 'again' then
      at = enter(at)
    elseif kind == 'dead' then
      redis.call('LPUSH', ARGV[at], ARGV[at + 1])
      at = at + 2
    end
    holding.left[entry] = true
    if again_delivered then
      local deaths = deaths_key(holding.stream)
      if deaths then redis.call('HDEL', deaths, entry) end
    end
    holding.leaving[#holding.leaving + 1] = entry
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
for _, holding in ipairs(holdings) do
  if holding.leaving and #holding.leaving > 2 then redis.call('XACK', unpack(holding.leaving)) end
end
return answers
