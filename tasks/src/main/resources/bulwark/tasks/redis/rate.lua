-- NOW, then for each limit: key spacing burst, in microseconds. Answers the microseconds to wait, 0 when allowed.
local limits = {}
for at = 2, #ARGV, 3 do limits[#limits + 1] = {ARGV[at], ARGV[at + 1], ARGV[at + 2]} end
return take_start(limits, tonumber(ARGV[1]))
