-- LIMITS: each {key, spacing, burst}, in microseconds as NOW: the generic cell rate algorithm. Returns the microseconds until a start is free in all of them, 0 when it is, what is to be
-- stored when it is taken, and the microseconds until another could be.
local function look_for_start(limits, now)
  local wait, next_wait, taken = 0, 0, {}
  for _, limit in ipairs(limits) do
    local spacing, burst = tonumber(limit[2]), tonumber(limit[3])
    -- Later than the burst is impossible unless the clock was set back: that must not lock the key.
    local arrival = math.min(math.max(tonumber(redis.call('GET', limit[1]) or '0') or 0, now), now + burst) + spacing
    wait = math.max(wait, arrival - burst - now)
    next_wait = math.max(next_wait, arrival + spacing - burst - now)
    taken[#taken + 1] = {limit[1], arrival}
  end
  if wait > 0 then return wait, taken, wait end
  return 0, taken, next_wait
end

local function take(taken, now)
  for _, each in ipairs(taken) do
    redis.call('SET', each[1], string.format('%.0f', each[2]), 'PX', string.format('%.0f', math.ceil((each[2] - now) / 1000) + 1))
  end
end

-- Takes one start out of all or out of none. Returns the microseconds to wait, 0 when it was taken.
local function take_start(limits, now)
  local wait, taken = look_for_start(limits, now)
  if wait == 0 then take(taken, now) end
  return wait
end
