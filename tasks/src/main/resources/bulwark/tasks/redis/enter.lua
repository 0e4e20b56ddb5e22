-- Puts one message into a stream (KEY '' N field value …) or among the delayed (KEY SCORE 1 member). Returns where the arguments go on.
local function enter(at)
  local key, score, n = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  if score == '' then
    redis.call('XADD', key, '*', unpack(ARGV, at + 3, at + 2 + n))
  else
    redis.call('ZADD', key, score, ARGV[at + 3])
  end
  return at + 3 + n
end
