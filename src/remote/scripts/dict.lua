-- Dicts. KEYS c p d o   ARGV op number arguments...
-- d holds the values by their keys, o the keys in their order. p has the answer to the visitor's last change, so that a repeated one
-- changes nothing.
local c, p, d, o = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local op, number = ARGV[1], tonumber(ARGV[2])
if redis.call('EXISTS', c) == 0 then return redis.error_reply('PSGONE the dict is not on the server any more') end
local known = answered(p, number)
if known then return known[1] end
local function set(key, value)
  if redis.call('HSET', d, key, value) == 1 then
    redis.call('ZADD', o, redis.call('HINCRBY', c, 'seq', 1), key)
  end
end
local function remove(key)
  redis.call('HDEL', d, key)
  redis.call('ZREM', o, key)
end
local answer
if op == 'get' then return redis.call('HGET', d, ARGV[3])
elseif op == 'has' then return redis.call('HEXISTS', d, ARGV[3])
elseif op == 'len' then return redis.call('HLEN', d)
elseif op == 'all' then
  local all, keys = {}, redis.call('ZRANGE', o, 0, -1)
  for from = 1, #keys, 500 do
    local to = math.min(from + 499, #keys)
    for k, value in ipairs(redis.call('HMGET', d, unpack(keys, from, to))) do
      all[#all + 1] = keys[from + k - 1]
      all[#all + 1] = value
    end
  end
  return all
elseif op == 'set' or op == 'fill' then
  -- The contents that somebody opens it with fill it only if nobody has put anything in before. Empty ones fill nothing.
  if op == 'fill' then
    if redis.call('HEXISTS', c, 'seq') == 1 or #ARGV < 3 then return 0 end
    redis.call('HSET', c, 'seq', 0)
  end
  for k = 3, #ARGV, 2 do set(ARGV[k], ARGV[k + 1]) end
  answer = 1
elseif op == 'default' then
  answer = redis.call('HGET', d, ARGV[3])
  if not answer then set(ARGV[3], ARGV[4]) end
elseif op == 'remove' then
  answer = redis.call('HGET', d, ARGV[3])
  if answer then remove(ARGV[3]) end
elseif op == 'last' then
  local key = redis.call('ZREVRANGE', o, 0, 0)[1]
  answer = key and {key, redis.call('HGET', d, key)} or {}
  if key then remove(key) end
elseif op == 'exchange' then
  -- ARGV key new, and the old one unless there must be none.
  local old = redis.call('HGET', d, ARGV[3])
  answer = 0
  if (old or nil) == ARGV[5] then
    set(ARGV[3], ARGV[4])
    answer = 1
  end
elseif op == 'clear' then
  redis.call('DEL', d, o)
  answer = 1
end
keep(p, ARGV[2], answer)
return answer
