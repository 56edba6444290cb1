-- What scripts begin with that open an object. Makes its settings if it is not there. Returns an error if the object is another one.
local function settle(c, kind, version, max, deaths)
  local function a(kind) return (kind == 'event' and 'an ' or 'a ') .. kind end
  local function other(text) return redis.error_reply('PSOTHER ' .. text) end
  local is = redis.call('TYPE', c).ok
  if is ~= 'none' and is ~= 'hash' then return other('the key ' .. c .. ' belongs to another program') end
  if is == 'none' then
    redis.call('HSET', c, 'version', version, 'kind', kind, 'max', max, 'deaths', deaths, 'unfinished', 0)
  end
  local has = redis.call('HMGET', c, 'version', 'kind')
  if not has[1] or not has[2] then return other('the key ' .. c .. ' belongs to another program') end
  if tonumber(has[1]) ~= tonumber(version) then
    return other('the object was made by another version of procscript, with protocol ' .. has[1] .. ' where this one has ' .. version)
  end
  if has[2] ~= kind then return other('the object of this name is ' .. a(has[2]) .. ', not ' .. a(kind)) end
end
