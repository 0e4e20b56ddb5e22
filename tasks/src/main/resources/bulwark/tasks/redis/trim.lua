-- GROUP stream…: forgets entries that are done. Never what is pending or yet to be delivered, never the last delivered (from which the server computes the lag), and
-- nothing at all while another group reads the stream.
for i = 2, #ARGV do
  local groups = redis.pcall('XINFO', 'GROUPS', ARGV[i])
  if groups.err == nil and #groups == 1 then
    local group = {}
    for j = 1, #groups[1], 2 do group[groups[1][j]] = groups[1][j + 1] end
    if group.name == ARGV[1] then
      local keep = group['last-delivered-id']
      if group.pending > 0 then keep = redis.call('XPENDING', ARGV[i], ARGV[1])[2] or keep end
      redis.call('XTRIM', ARGV[i], 'MINID', '~', keep, 'LIMIT', 0)
    end
  end
end
return 1
