-- For each: delayed key, member, and what to enter instead. Of many who move the same member one does.
local at, moved = 1, 0
while at <= #ARGV do
  if redis.call('ZSCORE', ARGV[at], ARGV[at + 1]) then
    local after = enter(at + 2)
    redis.call('ZREM', ARGV[at], ARGV[at + 1])
    at = after
    moved = moved + 1
  else
    at = at + 5 + tonumber(ARGV[at + 4])
  end
end
return moved
