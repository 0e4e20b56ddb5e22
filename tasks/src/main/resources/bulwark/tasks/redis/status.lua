-- Statuses are JSON texts. Nothing here writes JSON: another writer's numbers and empty lists would not survive.
local RESULT, EVENTS = ARGV[1], ARGV[2]
local TERMINAL = {succeeded = true, failed = true, cancelled = true}

local function decoded(text)
  local good, status = pcall(cjson.decode, text)
  if not good or type(status) ~= 'table' then return nil end
  local meta = type(status.meta) == 'table' and status.meta or {}
  local fence = type(meta['stem.fence']) == 'string' and meta['stem.fence'] or nil
  local created = type(status.createdAt) == 'string' and status.createdAt or nil
  return {state = status.state, fence = fence, created = created, envelope = meta['stem.envelope']}
end

-- The creation time where our own writer puts it: times of 24 characters at the end.
local function created_at_end(text)
  if string.sub(text, -78, -66) == '"createdAt":"' and string.sub(text, -41, -27) == '","updatedAt":"' then
    return string.sub(text, -65, -42)
  end
end

-- Whether the state, which our own writer puts behind the id, is the given member.
local function has_state(text, id, member)
  local at = #id + 10
  return string.sub(text, at, at + #member - 1) == member
end

-- State, fence, created. Found at both ends of the text where our own writer put it, else by parsing.
local function parsed(text)
  local state = string.match(text, '^{"id":"[^"\\]*","state":"(%l+)"')
  if state == nil then return decoded(text) end
  local tail = string.sub(text, -190)
  local fence, created = string.match(tail, '"stem%.fence":"([%d:%-]+)"},"attempt":%d+,"createdAt":"([^"]*)","updatedAt":"[^"]*"}$')
  if created then return {state = state, fence = fence, created = created} end
  if string.find(text, 'stem.fence', 1, true) then return decoded(text) end
  created = string.match(tail, '"createdAt":"([^"]*)","updatedAt":"[^"]*"}$')
  if created == nil then return decoded(text) end
  return {state = state, created = created}
end

-- The text, or nil. What is no text counts as absent.
local function stored(id)
  local text = redis.pcall('GET', RESULT .. id)
  if type(text) == 'string' then return text end
end

local function fence_parts(fence)
  local time, sequence, delivery = string.match(fence, '^(%d+)%-(%d+):(%d+)$')
  return tonumber(time), tonumber(sequence), tonumber(delivery)
end

-- Below zero when the first is lesser. One that is no fence is lesser than any that is.
local function compare(a, b)
  if a == b then return 0 end
  local at, as, ad = fence_parts(a)
  local bt, bs, bd = fence_parts(b)
  if at == nil or bt == nil then return at == nil and -1 or 1 end
  if at ~= bt then return at < bt and -1 or 1 end
  if as ~= bs then return as < bs and -1 or 1 end
  return ad < bd and -1 or 1
end

local function may_replace(old, fence)
  if old == nil or old.fence == nil or fence_parts(old.fence) == nil then return true end
  if fence == '' then return false end
  local order = compare(old.fence, fence)
  return order < 0 or (order == 0 and not TERMINAL[old.state])
end

-- id head created tail fence retention
local function write(created, at)
  redis.call('SET', RESULT .. ARGV[at], ARGV[at + 1] .. (created or ARGV[at + 2]) .. ARGV[at + 3], 'PX', ARGV[at + 5])
end

-- A dead letter that no signature vouches for ends the task only while the task waits as this very envelope.
local function may_end(old, digest)
  return old ~= nil and (old.state == 'queued' or old.state == 'retried') and old.envelope == digest
end

-- The usual case: what is stored is what this same holder wrote when it began.
local function written_by(text, at)
  return has_state(text, ARGV[at], '"state":"running"')
      and string.find(text, '"stem.fence":"' .. ARGV[at + 4] .. '"},"attempt":', -200, true)
      and created_at_end(text)
end

-- MODE id head created tail fence retention; MODE is put, absent, fenced, unvouched (with the envelope's digest for a fence), or none, which stands alone. Returns where the arguments go on, and whether it was written.
local function write_status(at)
  local mode = ARGV[at]
  if mode == 'none' then return at + 1, false end
  local text = stored(ARGV[at + 1])
  local created = text and mode == 'fenced' and written_by(text, at + 1)
  local may = created or text == nil
  if not may then
    local old = mode == 'unvouched' and decoded(text) or parsed(text)
    created = old and old.created
    if mode == 'unvouched' then
      may = may_end(old, ARGV[at + 5])
    else
      may = mode == 'put' or old == nil or (mode == 'fenced' and may_replace(old, ARGV[at + 5]))
    end
  end
  if may then
    write(created, at + 1)
    redis.call('PUBLISH', EVENTS .. ARGV[at + 1], '1')
  end
  return at + 7, may and true or false
end
