-- KEY now spacing burst, in microseconds: the generic cell rate algorithm. Answers the microseconds to wait, 0 when allowed.
local now, spacing, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- Later than the burst is impossible unless the clock was set back: that must not lock the key.
local arrival = math.min(math.max(tonumber(redis.call('GET', ARGV[1]) or '0') or 0, now), now + burst) + spacing
local early = arrival - burst - now
if early > 0 then return early end
redis.call('SET', ARGV[1], string.format('%.0f', arrival), 'PX', string.format('%.0f', math.ceil((arrival - now) / 1000) + 1))
return 0
