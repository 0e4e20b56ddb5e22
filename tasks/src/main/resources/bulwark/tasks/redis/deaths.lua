-- The hash in which the deaths of an entry's holders are kept, by entry; nil for broadcasts, whose entries nobody else takes over.
local function deaths_key(stream)
  local key, found = string.gsub(stream, ':stream:', ':deaths:', 1)
  return found == 1 and key or nil
end
