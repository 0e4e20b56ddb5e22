-- RESULT EVENTS, then for each: stream group consumer entry delivery, id head created tail fence retention. Answers 0 run, 1 finished, 2 replayed, 3 lost.
local answers = {}
for at = 3, #ARGV, 11 do
  local entry = ARGV[at + 3]
  local answer = 0
  if not held(ARGV[at], ARGV[at + 1], ARGV[at + 2], entry, ARGV[at + 4]) then
    answer = 3
  else
    local old = stored(ARGV[at + 5])
    if old and TERMINAL[old.state] and old.fence and string.match(old.fence, '^(.*):') == entry then
      answer = 1
    elseif old and old.state == 'succeeded' then
      answer = 2
    elseif may_replace(old, ARGV[at + 9]) then
      write(old, at + 5)
    end
  end
  answers[#answers + 1] = answer
end
return answers
