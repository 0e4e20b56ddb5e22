-- RESULT EVENTS, holdings, then for each: HOLDING entry delivery, id head created tail fence retention. Answers 0 run, 1 finished, 2 replayed, 3 lost.
local answers = {}
for at = read_holdings(3), #ARGV, 9 do
  local entry = ARGV[at + 1]
  local answer = 0
  if not held(holdings[tonumber(ARGV[at])], entry, ARGV[at + 2]) then
    answer = 3
  else
    local text = stored(ARGV[at + 3])
    -- The usual case: nothing but the publisher's own word. Nobody is told of a start: those who wait look now and then.
    local created = text and has_state(text, ARGV[at + 3], '"state":"queued"') and created_at_end(text)
    if created or text == nil then
      write(created, at + 3)
    else
      local old = parsed(text)
      if old and TERMINAL[old.state] and old.fence and string.match(old.fence, '^(.*):') == entry then
        answer = 1
      elseif old and old.state == 'succeeded' then
        answer = 2
      elseif may_replace(old, ARGV[at + 7]) then
        write(old and old.created, at + 3)
      end
    end
  end
  answers[#answers + 1] = answer
end
return answers
