-- KEYS c m i s b d e   ARGV member beat("" = whatever it is) count(1 = the items have cost a death) [id result]
-- Gives {state, returned, dead letters}: state -1 when the member has beaten meanwhile, 1 when there is more to do, else 0.
-- With an id, only this task of a pool has cost an attempt, because it takes too long; `result` is its result when it has no other attempt.
-- Of a pool, whoever has submitted a task gets to know that it is a dead letter, and what it has submitted itself is not wanted any more.
local c, m, i, s, b, d, e = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local beat = redis.call('HGET', m, ARGV[1])
if beat and ARGV[2] ~= '' and beat ~= ARGV[2] then return {-1, 0, 0} end
redis.call('HDEL', m, ARGV[1])
local limit, cost = tonumber(redis.call('HGET', c, 'deaths') or 5), tonumber(ARGV[3])
local back, dead, more = 0, 0, 0
local is_pool = redis.call('HGET', c, 'kind') == 'pool'
local function part(name) return string.sub(c, 1, -2) .. name end
if is_pool then
  -- What is in hand is done, for nobody. What has come back from a worker has another place than its submitter knows; that is little.
  local gone, tasks = 0, part('t:' .. ARGV[1])
  for _, place in ipairs(redis.call('HVALS', tasks)) do
    local count = redis.pcall('XDEL', string.sub(place, 1, 1) == 'b' and b or s, string.sub(place, 2))
    if type(count) == 'number' then gone = gone + count end
  end
  for _, x in ipairs(redis.call('XRANGE', b, '-', '+', 'COUNT', 5000)) do
    if string.match(x[2][2], '^(%S+) ') == ARGV[1] then gone = gone + redis.call('XDEL', b, x[1]) end
  end
  redis.call('DEL', tasks, part('r:' .. ARGV[1]))
  -- A server that has lost its last second may have tasks whose places it has lost: with the last member nobody wants any of them.
  for _, key in ipairs(redis.call('HLEN', m) == 0 and {b, s} or {}) do gone = gone + redis.call('XTRIM', key, 'MAXLEN', 0) end
  if gone > 0 then redis.call('HINCRBY', c, 'unfinished', -gone) end
end
local function tell(task, n, is_late)
  local client, number = string.match(task, '^(%S+) (%d+) ')
  if not client or redis.call('HEXISTS', m, client) == 0 then return end
  if is_late then
    redis.call('XADD', part('r:' .. client), '*', 'n', number, 'v', ARGV[5])
  else
    redis.call('XADD', part('r:' .. client), '*', 'n', number, 'v', '', 'deaths', n)
  end
end
for _, key in ipairs({b, s}) do
  local pending = redis.pcall('XPENDING', key, 'g', '-', '+', 500, ARGV[1])
  if not pending.err then
    for _, x in ipairs(pending) do
      local entry = redis.call('XRANGE', key, x[1], x[1])[1]
      if entry then
        local is_late = ARGV[4] == (key == b and 'b' or 's') .. x[1]
        local n = (tonumber(entry[2][4] or 0) or 0) + ((is_late or not ARGV[4]) and cost or 0)
        -- A task can have a number of attempts of its own.
        local own = is_pool and tonumber(string.match(entry[2][2], '^%S+ %d+ %S+ (%d+) ') or '')
        if n > (own or is_late and 0 or limit) then
          if not is_pool then
            redis.call('XADD', d, '*', 'v', entry[2][2], 'n', n, 'by', ARGV[1])
          else
            -- Its submitter gets an error, so the last ones are enough to see what happened. One that takes too long has killed nobody.
            if not is_late then redis.call('XADD', d, 'MAXLEN', 1000, '*', 'v', entry[2][2], 'n', n, 'by', ARGV[1]) end
            tell(entry[2][2], n, is_late)
          end
          dead = dead + 1
        else
          redis.call('XADD', b, '*', 'v', entry[2][2], 'n', n)
          back = back + 1
        end
        redis.call('XDEL', key, x[1])
      end
      redis.call('XACK', key, 'g', x[1])
    end
    -- With entries, the consumer would take them along.
    if #pending < 500 then redis.call('XGROUP', 'DELCONSUMER', key, 'g', ARGV[1]) else more = 1 end
  end
end
if dead > 0 and redis.call('HINCRBY', c, 'unfinished', -dead) <= 0 then
  redis.call('XADD', e, 'MAXLEN', 1, '*', 'u', 0)
end
-- Counted anew: a server whose file has ended inside of a transaction, and later again, has tasks from there that it has not counted.
if is_pool and more == 0 then
  redis.call('HSET', c, 'unfinished', redis.call('XLEN', s) + redis.call('XLEN', b))
end
if more == 0 then redis.call('HDEL', i, ARGV[1]) end
return {more, back, dead}
