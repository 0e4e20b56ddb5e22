-- Who holds what. COUNT, then for each holding: stream group consumer first last limit. One look finds the entries between first and last that the consumer holds, if
-- there are no more than limit; with limit 0 each entry is looked up by itself. Returns where the arguments go on.
local holdings = {}

local function read_holdings(at)
  local count = tonumber(ARGV[at])
  at = at + 1
  for i = 1, count do
    local holding = {stream = ARGV[at], group = ARGV[at + 1], consumer = ARGV[at + 2]}
    local limit = tonumber(ARGV[at + 5])
    if limit > 0 then
      local rows = redis.pcall('XPENDING', holding.stream, holding.group, ARGV[at + 3], ARGV[at + 4], limit, holding.consumer)
      holding.known = {}
      if rows.err == nil then
        for j = 1, #rows do holding.known[rows[j][1]] = rows[j][4] end
        holding.partly = #rows == limit
      end
    end
    holdings[i] = holding
    at = at + 6
  end
  return at
end

-- Whether the consumer still holds this very delivery of the entry.
local function held(holding, entry, delivery)
  if holding.known then
    local there = holding.known[entry]
    if there then return there == tonumber(delivery) end
    if not holding.partly then return false end
  end
  local row = redis.pcall('XPENDING', holding.stream, holding.group, entry, entry, 1, holding.consumer)
  return row.err == nil and row[1] ~= nil and row[1][4] == tonumber(delivery)
end
