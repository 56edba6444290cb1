-- Events. KEYS c p e   ARGV op number word
-- e is a stream whose only entry changes when the flag is set. p is what the visitor's last change was answered, so that a repeated one
-- changes nothing. 'look' gives {set, last word}: set is also 1 when the flag was set after `word`, if that is not empty.
local c, p, e = KEYS[1], KEYS[2], KEYS[3]
local op, number = ARGV[1], tonumber(ARGV[2])
if redis.call('HGET', c, 'kind') ~= 'event' then return redis.error_reply('PSGONE the event is not on the server any more') end
if op == 'look' then
  local set = tonumber(redis.call('HGET', c, 'set') or 0)
  if ARGV[3] ~= '' and redis.call('XRANGE', e, '(' .. ARGV[3], '+', 'COUNT', 1)[1] then set = 1 end
  local word = redis.call('XREVRANGE', e, '+', '-', 'COUNT', 1)[1]
  return {set, word and word[1] or '0-0'}
end
if tonumber(redis.call('HGET', p, 'n') or 0) >= number then return 1 end
if op == 'clear' then
  redis.call('HSET', c, 'set', 0)
elseif redis.call('HGET', c, 'set') ~= '1' then
  redis.call('HSET', c, 'set', 1)
  redis.call('XADD', e, 'MAXLEN', 1, '*', 's', 1)
end
redis.call('HSET', p, 'n', ARGV[2])
redis.call('EXPIRE', p, 86400)
return 1
