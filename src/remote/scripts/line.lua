-- Locks and semaphores. KEYS c m i q h p   ARGV op member ticket number
-- h holds the tickets of holders, by the order in which they got it; q those who wait; `go:MEMBER` is the bell of a waiter.
-- A ticket is MEMBER/NUMBER. p is the number of the member's last release, so that a repeated one changes nothing.
local c, m, i, q, h, p = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local op, member, ticket, number = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.replicate_commands then redis.replicate_commands() end
local function of(t) return string.match(t, '^(.*)/[^/]*$') end
local function bell(who) return string.sub(c, 1, -2) .. 'go:' .. who end
-- Tickets whose permits somebody else has released.
local released = string.sub(c, 1, -2) .. 'x'
local function free()
  local has = redis.call('HMGET', c, 'max', 'extra')
  return tonumber(has[1] or 1) + tonumber(has[2] or 0) - redis.call('ZCARD', h)
end
-- A number that rises, also over a server that has forgotten the last one.
local function give(t)
  local now = redis.call('TIME')
  local fence = math.max(tonumber(redis.call('HGET', c, 'fence') or 0) + 1, now[1] * 1000000 + now[2])
  redis.call('HSET', c, 'fence', string.format('%.0f', fence))
  redis.call('ZADD', h, string.format('%.0f', fence), t)
  return fence
end
local function pass_on()
  local left = free()
  while left > 0 do
    local t = redis.call('LPOP', q)
    if not t then return end
    if redis.call('HEXISTS', m, of(t)) == 1 then
      give(t)
      left = left - 1
      redis.call('RPUSH', bell(of(t)), 1)
      redis.call('LTRIM', bell(of(t)), -8, -1)
      redis.call('EXPIRE', bell(of(t)), 60)
    end
  end
end
if op == 'remove' then
  -- `ticket` is the beat that the sweeper has seen, or nothing; `number` is 1 when holders have died and not left.
  local beat = redis.call('HGET', m, member)
  if beat and ticket ~= '' and beat ~= ticket then return -1 end
  redis.call('HDEL', m, member)
  redis.call('HDEL', i, member)
  for _, t in ipairs(redis.call('ZRANGE', h, 0, -1)) do
    if of(t) == member then
      redis.call('ZREM', h, t)
      if number == '1' then redis.call('HINCRBY', c, 'abandoned', 1) end
    end
  end
  for _, t in ipairs(redis.call('HKEYS', released)) do
    if of(t) == member then redis.call('HDEL', released, t) end
  end
  redis.call('DEL', bell(member), p)
  pass_on()
  return 0
end
if redis.call('HEXISTS', m, member) == 0 then return redis.error_reply('PSLOST the member is not known') end
local has = redis.call('ZSCORE', h, ticket)
if op == 'acquire' then
  if has then return tonumber(has) end
  pass_on()
  has = redis.call('ZSCORE', h, ticket)
  if has then return tonumber(has) end
  if free() > 0 then
    redis.call('LREM', q, 1, ticket)
    return give(ticket)
  end
  if number == '0' then return 0 end
  if not redis.call('LPOS', q, ticket) then redis.call('RPUSH', q, ticket) end
  return -1
elseif op == 'leave' then
  if has then return tonumber(has) end
  redis.call('LREM', q, 1, ticket)
  return 0
elseif op == 'release' then
  if tonumber(redis.call('GET', p) or 0) >= tonumber(number) then return 1 end
  if not has then
    -- Of a lock, only the holder releases; of a semaphore, anybody: a permit that somebody else has taken, or one more.
    local kind = redis.call('HGET', c, 'kind')
    if kind == 'lock' or kind == 'value' then return ticket == '' and 0 or -1 end
    -- A server that has lost its last second may have forgotten that the permit was taken: none comes back for it.
    if ticket ~= '' and redis.call('HDEL', released, ticket) == 0 then return -1 end
    local oldest = redis.call('ZRANGE', h, 0, 0)[1]
    if oldest then
      redis.call('ZREM', h, oldest)
      redis.call('HSET', released, oldest, 1)
    elseif kind == 'bounded semaphore' then return 0
    else redis.call('HINCRBY', c, 'extra', 1) end
  else
    redis.call('ZREM', h, ticket)
  end
  redis.call('SET', p, number, 'EX', 86400)
  pass_on()
  return 1
end
-- 'look': free permits, and how many holders have died.
return {free(), tonumber(redis.call('HGET', c, 'abandoned') or 0)}
