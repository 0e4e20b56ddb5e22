-- RESULT EVENTS, a status. Answers 1 when it was written.
local _, written = write_status(3)
return written and 1 or 0
