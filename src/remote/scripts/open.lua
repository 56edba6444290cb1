-- KEYS c m i s b   ARGV member kind version maxsize(-1 = whatever it is) deaths(-1) about known
-- Gives {maxsize, deaths}, which the first one who opens the object has set. `known` is 1 when this member has joined before: nobody
-- makes a member again of one that was removed.
local c, m, i, s, b = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local kind, max, deaths = ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
local function a(kind) return (kind == 'event' and 'an ' or 'a ') .. kind end
local function other(text) return redis.error_reply('PSOTHER ' .. text) end
local is = redis.call('TYPE', c).ok
if is ~= 'none' and is ~= 'hash' then return other('the key ' .. c .. ' belongs to another program') end
if is == 'none' then
  redis.call('HSET', c, 'version', ARGV[3], 'kind', kind, 'max', math.max(max, 0))
  redis.call('HSET', c, 'deaths', deaths < 0 and 5 or deaths, 'unfinished', 0)
end
local has = redis.call('HMGET', c, 'version', 'kind', 'max', 'deaths')
if not has[1] or not has[2] then return other('the key ' .. c .. ' belongs to another program') end
if tonumber(has[1]) ~= tonumber(ARGV[3]) then
  return other('the object was made by another version of procscript, with protocol ' .. has[1] .. ' where this one has ' .. ARGV[3])
end
if has[2] ~= kind then return other('the object of this name is ' .. a(has[2]) .. ', not ' .. a(kind)) end
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
return {tonumber(has[3]), tonumber(has[4])}
