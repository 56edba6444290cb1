-- KEYS c m s b e   ARGV member most [id client number result]
-- Ends the task in hand, if it is given, and takes another one if `most` is 1. Gives {member?, id, task}; {member?} if there is none;
-- {member?, ""} if there may be one behind those that nobody wants. A task is `CLIENT NUMBER …`; t:CLIENT has the numbers that are wanted.
local c, m, s, b, e = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local function part(name) return string.sub(c, 1, -2) .. name end
local function wanted(client, number)
  return redis.call('HEXISTS', m, client) == 1 and redis.call('HEXISTS', part('t:' .. client), number) == 1
end
local function drop(key, id)
  redis.call('XACK', key, 'g', id)
  local count = redis.call('XDEL', key, id)
  if count > 0 and redis.call('HINCRBY', c, 'unfinished', -count) <= 0 then
    redis.call('XADD', e, 'MAXLEN', 1, '*', 'u', 0)
  end
  return count > 0
end
if ARGV[3] then
  local key = string.sub(ARGV[3], 1, 1) == 's' and s or b
  -- One that has gone back has another id: only its holder ends a task, and so it has one result.
  if drop(key, string.sub(ARGV[3], 2)) and wanted(ARGV[4], ARGV[5]) then
    redis.call('XADD', part('r:' .. ARGV[4]), '*', 'n', ARGV[5], 'v', ARGV[6])
  end
end
if redis.call('HEXISTS', m, ARGV[1]) == 0 then return {0} end
if ARGV[2] == '0' then return {1} end
for _ = 1, 100 do
  local found
  for _, from in ipairs({{b, 'b'}, {s, 's'}}) do
    local got = redis.call('XREADGROUP', 'GROUP', 'g', ARGV[1], 'COUNT', 1, 'STREAMS', from[1], '>')
    if got then
      local entry = got[1][2][1]
      local client, number = string.match(entry[2][2], '^(%S+) (%d+) ')
      if client and wanted(client, number) then return {1, from[2] .. entry[1], entry[2][2]} end
      drop(from[1], entry[1])
      found = true
      break
    end
  end
  if not found then return {1} end
end
return {1, ''}
