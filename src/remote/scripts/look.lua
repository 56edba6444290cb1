-- KEYS c m s b d e   Gives {waiting, in hand, unfinished, maxsize, dead letters, members, last word of e}.
local waiting, taken = 0, 0
for _, key in ipairs({KEYS[3], KEYS[4]}) do
  local group = redis.pcall('XINFO', 'GROUPS', key)
  if not group.err and group[1] then
    taken = taken + group[1][6]
    waiting = waiting + redis.call('XLEN', key) - group[1][6]
  end
end
local set = redis.call('HMGET', KEYS[1], 'unfinished', 'max')
local word = redis.call('XREVRANGE', KEYS[6], '+', '-', 'COUNT', 1)[1]
return {waiting, taken, tonumber(set[1] or 0), tonumber(set[2] or 0), redis.call('XLEN', KEYS[5]),
        redis.call('HLEN', KEYS[2]), word and word[1] or '0-0'}
