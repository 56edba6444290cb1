-- KEYS c m s b r e   ARGV member most ids...("s1-0", "b1-0")
-- Removes the ids, then takes up to `most` items. Gives {member?, removed, id, value, id, value...}.
local c, m, s, b, r, e = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local removed, most = 0, tonumber(ARGV[2])
local of = {s = {}, b = {}}
for k = 3, #ARGV do table.insert(of[string.sub(ARGV[k], 1, 1)], string.sub(ARGV[k], 2)) end
for which, ids in pairs(of) do
  local key = which == 's' and s or b
  for from = 1, #ids, 500 do
    local to = math.min(from + 499, #ids)
    redis.call('XACK', key, 'g', unpack(ids, from, to))
    -- Counted by what is deleted: a server that lost its last second may have forgotten the delivery and kept the item.
    removed = removed + redis.call('XDEL', key, unpack(ids, from, to))
  end
end
if removed > 0 and redis.call('HINCRBY', c, 'unfinished', -removed) <= 0 then
  redis.call('XADD', e, 'MAXLEN', 1, '*', 'u', 0)
end
if redis.call('HEXISTS', m, ARGV[1]) == 0 then return {0, removed} end
local out = {1, removed}
if most == 0 then return out end
local function read(key, which, count)
  local got = redis.call('XREADGROUP', 'GROUP', 'g', ARGV[1], 'COUNT', count, 'STREAMS', key, '>')
  if not got then return end
  for _, x in ipairs(got[1][2]) do
    out[#out + 1] = which .. x[1]
    out[#out + 1] = x[2][2]
  end
end
-- An item that came back is taken alone, so that the next death is blamed on the right one.
if redis.call('XLEN', b) > 0 then read(b, 'b', 1) end
if #out == 2 then read(s, 's', most) end
local taken, max = (#out - 2) / 2, tonumber(redis.call('HGET', c, 'max') or 0)
if max > 0 and taken > 0 then
  -- The bell for those who wait for room.
  for _ = 1, math.min(taken, 64) do redis.call('RPUSH', r, 1) end
  redis.call('LTRIM', r, -math.min(max, 64), -1)
  redis.call('EXPIRE', r, 60)
end
return out
