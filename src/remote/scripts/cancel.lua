-- KEYS c s b t e   ARGV number really(0 = it is only looked)
-- A task that no worker has begun is not done any more. Gives 1 if that is so, 0 if a worker has begun it, -1 if it has ended or is not there.
local c, s, b, t, e = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local place = redis.call('HGET', t, ARGV[1])
if not place then return -1 end
local key, id = string.sub(place, 1, 1) == 'b' and b or s, string.sub(place, 2)
if #redis.call('XRANGE', key, id, id) == 0 then
  -- It has gone back after it was begun, or its result is there.
  return -1
end
local pending = redis.pcall('XPENDING', key, 'g', id, id, 1)
if pending.err or #pending > 0 then return 0 end
if ARGV[2] == '0' then return 1 end
redis.call('XDEL', key, id)
redis.call('HDEL', t, ARGV[1])
if redis.call('HINCRBY', c, 'unfinished', -1) <= 0 then redis.call('XADD', e, 'MAXLEN', 1, '*', 'u', 0) end
return 1
