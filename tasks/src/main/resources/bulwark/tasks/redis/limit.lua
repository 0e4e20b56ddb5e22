-- NOW in microseconds, holdings, then for each: HOLDING entry delivery DUE LIMITS BACKLOG name score member N, and N limits (key spacing burst).
-- DUE has the backlogs of a queue by the moment at which their first may start, LIMITS what each waits for. Answers 0 for a start that was taken out of every limit, 1 for what was laid
-- aside, 2 for what is no longer held. What comes in comes before what goes out, so that an error in the middle (out of memory) loses nothing.
local now = tonumber(ARGV[1])
local answers, backlogs, order, at = {}, {}, {}, read_holdings(2)
while at <= #ARGV do
  local holding, entry, delivery = holdings[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2]
  local key, limits, n = ARGV[at + 5], {}, tonumber(ARGV[at + 9])
  for i = 1, n do
    local first = at + 7 + 3 * i
    limits[i] = {ARGV[first], ARGV[first + 1], ARGV[first + 2]}
  end
  local backlog = backlogs[key]
  if not backlog then
    backlog = {key = key, due_key = ARGV[at + 3], limits_key = ARGV[at + 4], name = ARGV[at + 6], limits = limits, added = {}}
    backlog.waits = redis.call('EXISTS', key) == 1
    backlogs[key] = backlog
    order[#order + 1] = backlog
  end
  local answer = 2
  if held(holding, entry, delivery) then
    answer = 0
    if not backlog.waits then
      local wait = take_start(limits, now)
      if wait > 0 then
        backlog.waits = true
        backlog.due = math.ceil((now + wait) / 1000)
      end
    end
    if backlog.waits then
      answer = 1
      backlog.added[#backlog.added + 1] = ARGV[at + 7]
      backlog.added[#backlog.added + 1] = ARGV[at + 8]
      holding.leaving = holding.leaving or {holding.stream, holding.group}
      holding.leaving[#holding.leaving + 1] = entry
      if delivery ~= '1' then
        local deaths = deaths_key(holding.stream)
        if deaths then redis.call('HDEL', deaths, entry) end
      end
    end
  end
  answers[#answers + 1] = answer
  at = at + 10 + 3 * n
end
for _, backlog in ipairs(order) do
  if #backlog.added > 0 then
    redis.call('ZADD', backlog.key, unpack(backlog.added))
    redis.call('HSET', backlog.limits_key, backlog.name, cjson.encode(backlog.limits))
    if backlog.due then
      redis.call('ZADD', backlog.due_key, string.format('%.0f', backlog.due), backlog.name)
    else
      redis.call('ZADD', backlog.due_key, 'NX', string.format('%.0f', now / 1000), backlog.name)
    end
  end
end
for _, holding in ipairs(holdings) do
  if holding.leaving then redis.call('XACK', unpack(holding.leaving)) end
end
return answers
