-- KEYS c m s t r   ARGV client acknowledged {number result-id}... {number task}...
-- Tasks of the pool, each added once: t holds the numbers of those whose results the client has not acknowledged. First, results that it has
-- seen are removed. An id of "" stands for a task that nobody wants any more. Gives the number of workers.
local c, m, s, t, r = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
if redis.call('HEXISTS', m, ARGV[1]) == 0 then return redis.error_reply('PSLOST the member is not known') end
local seen = tonumber(ARGV[2])
for k = 3, 2 + 2 * seen, 2 do
  redis.call('HDEL', t, ARGV[k])
  if ARGV[k + 1] ~= '' then redis.call('XDEL', r, ARGV[k + 1]) end
end
local added = 0
for k = 3 + 2 * seen, #ARGV, 2 do
  if redis.call('HSETNX', t, ARGV[k], 1) == 1 then
    redis.call('XADD', s, '*', 'v', ARGV[k + 1])
    added = added + 1
  end
end
if added > 0 then redis.call('HINCRBY', c, 'unfinished', added) end
local group = redis.pcall('XINFO', 'GROUPS', s)
return not group.err and group[1] and group[1][4] or 0
