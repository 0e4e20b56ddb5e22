-- Holdings, then for each: HOLDING entry delivery. Answers 1 for what is still held, whose idle time starts again.
local answers = {}
for at = read_holdings(1), #ARGV, 3 do
  local holding = holdings[tonumber(ARGV[at])]
  local good = held(holding, ARGV[at + 1], ARGV[at + 2])
  if good then
    holding.kept = holding.kept or {holding.stream, holding.group, holding.consumer, 0}
    holding.kept[#holding.kept + 1] = ARGV[at + 1]
  end
  answers[#answers + 1] = good and 1 or 0
end
for _, holding in ipairs(holdings) do
  if holding.kept then
    -- JUSTID leaves the count of deliveries as it is, which is half of the fencing token.
    holding.kept[#holding.kept + 1] = 'JUSTID'
    redis.call('XCLAIM', unpack(holding.kept))
  end
end
return answers
