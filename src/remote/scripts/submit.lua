-- KEYS c m s b t r   ARGV client acknowledged {number result-id}... {number stream("s", or "b" to be taken first) task}...
-- Tasks of the pool, each added once: t holds the numbers of those whose results the client has not acknowledged, with their places. First,
-- results that it has seen are removed. An id of "" stands for a task that nobody wants any more. Gives the number of workers.
local c, m, s, b, t, r = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
if redis.call('HEXISTS', m, ARGV[1]) == 0 then return redis.error_reply('PSLOST the member is not known') end
local seen = tonumber(ARGV[2])
local added = 0
for k = 3, 2 + 2 * seen, 2 do
  if ARGV[k + 1] ~= '' then
    redis.call('XDEL', r, ARGV[k + 1])
  else
    local place = redis.call('HGET', t, ARGV[k])
    -- Who has begun it does it for nobody; one that has come back is elsewhere, and who takes it drops it.
    local count = place and redis.pcall('XDEL', string.sub(place, 1, 1) == 'b' and b or s, string.sub(place, 2))
    if type(count) == 'number' then added = added - count end
  end
  redis.call('HDEL', t, ARGV[k])
end
for k = 3 + 2 * seen, #ARGV, 3 do
  if redis.call('HEXISTS', t, ARGV[k]) == 0 then
    local key = ARGV[k + 1] == 'b' and b or s
    local id = redis.call('XADD', key, '*', 'v', ARGV[k + 2])
    redis.call('HSET', t, ARGV[k], ARGV[k + 1] .. id)
    added = added + 1
  end
end
if added ~= 0 then redis.call('HINCRBY', c, 'unfinished', added) end
local group = redis.pcall('XINFO', 'GROUPS', s)
return not group.err and group[1] and group[1][4] or 0
