-- Counts calls of several consumers of several gateways, all limits of a consumer together or none of them.
-- ARGV: prefix, gateway, lease in milliseconds; then 17 for each consumer: name, calls needed, ahead, given back, still held, made without the store, a day, a month, the least count of that day
-- and of that month, microseconds for one call and calls at once of the second, the same of the minute, calls a day, calls a month, the epoch in which
-- the counts were told. A limit of 0 is none.
-- What a gateway holds is taken from the buckets and was not used yet: bucket and holdings together never exceed what the bucket holds when full, so that no stretch of time sees more calls than the plan.
-- The epoch changes when the store lost its data: then the counts that a gateway remembers are the least that holds.
-- Answers: number of gateways, now in microseconds, day, epoch, month; then for each consumer: granted of the needed, granted ahead, second full at, minute full at, calls of the day, calls of the month.
local prefix, gateway, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local seconds = tonumber(time[1])
local now = seconds * 1000000 + tonumber(time[2])

local function text(number) return string.format('%.0f', number) end

local function month_of(days)
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return year * 12 + month
end

local day = math.floor(seconds / 86400)
local month = month_of(day)

local gateways = prefix .. 'gateways'
redis.call('ZADD', gateways, seconds, gateway)
redis.call('ZREMRANGEBYSCORE', gateways, '-inf', seconds - 60)
redis.call('PEXPIRE', gateways, 120000)
redis.call('SET', prefix .. 'epoch', text(now) .. gateway, 'NX')
local epoch = redis.call('GET', prefix .. 'epoch')
local answer = { redis.call('ZCARD', gateways), text(now), day, epoch, month }

local at = 4
while at <= #ARGV do
  local key = prefix .. ARGV[at]
  local need, ahead, back = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local left, used = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local floorday, floormonth = tonumber(ARGV[at + 6]), tonumber(ARGV[at + 7])
  local floordaycount, floormonthcount = tonumber(ARGV[at + 8]), tonumber(ARGV[at + 9])
  local secondspacing, secondcalls = tonumber(ARGV[at + 10]), tonumber(ARGV[at + 11])
  local minutespacing, minutecalls = tonumber(ARGV[at + 12]), tonumber(ARGV[at + 13])
  local daylimit, monthlimit = tonumber(ARGV[at + 14]), tonumber(ARGV[at + 15])
  local lost = ARGV[at + 16] ~= '' and ARGV[at + 16] ~= epoch
  at = at + 17

  local kept, held, mine = {}, 0, 0
  local all = redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    local field, value = all[i], all[i + 1]
    if string.sub(field, 1, 2) == 'h:' then
      local count, expires = string.match(value, '^(%d+):(%d+)$')
      if tonumber(expires) <= now then
        redis.call('HDEL', key, field)
      elseif field == 'h:' .. gateway then
        mine = tonumber(count)
        redis.call('HDEL', key, field)
      else
        held = held + tonumber(count)
      end
    else
      kept[field] = tonumber(value)
    end
  end
  held = held + left
  -- What expired went back into the buckets already, by not being kept out of them.
  local emptied = math.max(0, math.min(back, mine - left))

  -- A clock that was set back never empties a count.
  local daycount = (kept.d or 0) >= day and (kept.dc or 0) or 0
  local monthcount = (kept.mo or 0) >= month and (kept.mc or 0) or 0
  if lost and floorday == day then daycount = math.max(daycount, floordaycount) end
  if lost and floormonth == month then monthcount = math.max(monthcount, floormonthcount) end
  if floorday == day then daycount = math.max(0, daycount - back) end
  if floormonth == month then monthcount = math.max(0, monthcount - back) end
  daycount, monthcount = daycount + used, monthcount + used

  local available = 1e12
  if daylimit > 0 then available = math.min(available, daylimit - daycount) end
  if monthlimit > 0 then available = math.min(available, monthlimit - monthcount) end

  local function fill(fullat, spacing, calls)
    local moved = (fullat or 0) + (used - emptied) * spacing
    return math.max(now + held * spacing, math.min(moved, now + calls * spacing))
  end
  local second, minute = 0, 0
  if secondcalls > 0 then
    second = fill(kept.s, secondspacing, secondcalls)
    available = math.min(available, math.floor((now + secondcalls * secondspacing - second) / secondspacing))
  end
  if minutecalls > 0 then
    minute = fill(kept.m, minutespacing, minutecalls)
    available = math.min(available, math.floor((now + minutecalls * minutespacing - minute) / minutespacing))
  end
  available = math.max(0, available)

  local granted = math.min(need, available)
  -- A sixteenth of what is left: where little is left, nothing lies unused at one gateway while another refuses.
  local more = granted < need and 0 or math.min(ahead, math.floor((available - granted) / 16))
  local taken = granted + more
  second, minute = second + taken * secondspacing, minute + taken * minutespacing
  daycount, monthcount = daycount + taken, monthcount + taken

  redis.call('HSET', key, 's', text(second), 'm', text(minute), 'd', day, 'dc', text(daycount), 'mo', month, 'mc', text(monthcount))
  if left + more > 0 then
    redis.call('HSET', key, 'h:' .. gateway, text(left + more) .. ':' .. text(now + lease * 1000))
  end
  redis.call('PEXPIRE', key, monthlimit > 0 and 2764800000 or 172800000)
  answer[#answer + 1] = granted
  answer[#answer + 1] = more
  answer[#answer + 1] = text(second)
  answer[#answer + 1] = text(minute)
  answer[#answer + 1] = text(daycount)
  answer[#answer + 1] = text(monthcount)
end
return answer
