-- KEYS c m i s b   ARGV member kind version maxsize(-1 = whatever it is) deaths(-1) about known
-- Gives {maxsize, deaths}, which the first one who opens the object has set. `known` is 1 when this member has joined before: nobody
-- makes a member again of one that was removed.
local c, m, i, s, b = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local kind, max, deaths = ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
local wrong = settle(c, kind, ARGV[3], math.max(max, 0), deaths < 0 and 5 or deaths)
if wrong then return wrong end
-- A stream can be lost with the server's last second while its settings are not.
if kind == 'queue' or kind == 'pool' then
  redis.pcall('XGROUP', 'CREATE', s, 'g', '0', 'MKSTREAM')
  redis.pcall('XGROUP', 'CREATE', b, 'g', '0', 'MKSTREAM')
end
if ARGV[7] == '1' then
  if redis.call('HEXISTS', m, ARGV[1]) == 0 then return redis.error_reply('PSLOST the member is not known') end
else
  redis.call('HSETNX', m, ARGV[1], 0)
  redis.call('HSET', i, ARGV[1], ARGV[6])
end
local has = redis.call('HMGET', c, 'max', 'deaths')
return {tonumber(has[1]), tonumber(has[2])}
