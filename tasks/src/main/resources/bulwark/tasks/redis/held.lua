-- Whether this consumer still holds this very delivery of the entry.
local function held(stream, group, consumer, entry, delivery)
  local row = redis.pcall('XPENDING', stream, group, entry, entry, 1, consumer)
  return row.err == nil and row[1] ~= nil and row[1][4] == tonumber(delivery)
end
