-- GROUP IDLE stream…: forgets consumers that hold nothing and were silent for so long.
for i = 3, #ARGV do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', ARGV[i], ARGV[1])
  if consumers.err == nil then
    for _, row in ipairs(consumers) do
      local consumer = {}
      for j = 1, #row, 2 do consumer[row[j]] = row[j + 1] end
      if consumer.pending == 0 and consumer.idle > tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', ARGV[i], ARGV[1], consumer.name)
      end
    end
  end
end
return 1
