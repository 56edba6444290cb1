-- KEYS c   ARGV kind version setting value setting value...
-- Makes the object, if it is not there, and gives it those of these settings that it has not. Gives the settings of these names.
local c = KEYS[1]
local function a(kind) return (kind == 'event' and 'an ' or 'a ') .. kind end
local function other(text) return redis.error_reply('PSOTHER ' .. text) end
local is = redis.call('TYPE', c).ok
if is ~= 'none' and is ~= 'hash' then return other('the key ' .. c .. ' belongs to another program') end
if is == 'none' then
  redis.call('HSET', c, 'version', ARGV[2], 'kind', ARGV[1], 'max', 1, 'deaths', 5, 'unfinished', 0)
end
local has = redis.call('HMGET', c, 'version', 'kind')
if not has[1] or not has[2] then return other('the key ' .. c .. ' belongs to another program') end
if tonumber(has[1]) ~= tonumber(ARGV[2]) then
  return other('the object was made by another version of procscript, with protocol ' .. has[1] .. ' where this one has ' .. ARGV[2])
end
if has[2] ~= ARGV[1] then return other('the object of this name is ' .. a(has[2]) .. ', not ' .. a(ARGV[1])) end
local settings = {}
for k = 3, #ARGV, 2 do
  redis.call('HSETNX', c, ARGV[k], ARGV[k + 1])
  settings[#settings + 1] = redis.call('HGET', c, ARGV[k])
end
return settings
