-- For each: stream group consumer entry delivery. Answers 1 for what is still held, whose idle time starts again.
local answers = {}
for at = 1, #ARGV, 5 do
  local good = held(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4])
  if good then
    -- JUSTID leaves the count of deliveries as it is, which is half of the fencing token.
    redis.call('XCLAIM', ARGV[at], ARGV[at + 1], ARGV[at + 2], 0, ARGV[at + 3], 'JUSTID')
  end
  answers[#answers + 1] = good and 1 or 0
end
return answers
