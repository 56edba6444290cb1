-- Lists. KEYS c p l   ARGV op number arguments...
-- l holds the items. The setting `rev` counts the changes. p has the answer to the visitor's last change, so that a repeated one changes
-- nothing. Indices are three arguments: `at` INDEX 0; `slice` START END, without the end; `through` START END, with it; `end` 0 0.
local c, p, l = KEYS[1], KEYS[2], KEYS[3]
local op, number = ARGV[1], tonumber(ARGV[2])
if redis.call('EXISTS', c) == 0 then return redis.error_reply('PSGONE the list is not on the server any more') end
local known = answered(p, number)
if known then return known[1] end
local length = redis.call('LLEN', l)
local function bound(index)
  if index < 0 then index = index + length end
  return math.min(math.max(index, 0), length)
end
-- The first index and the one after the last; nothing where there is no item.
local function places(at)
  local how, a, b = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if how == 'end' then return length, length end
  if how == 'at' then
    if a < 0 then a = a + length end
    if a < 0 or a >= length then return nil end
    return a, a + 1
  end
  local first, after = bound(a), bound(b)
  if how == 'through' and b >= -length then after = math.min(after + 1, length) end
  return first, math.max(first, after)
end
local function items(first, after)
  if after <= first then return {} end
  return redis.call('LRANGE', l, first, after - 1)
end
local function push(all, from)
  for k = from, #all, 500 do
    redis.call('RPUSH', l, unpack(all, k, math.min(k + 499, #all)))
  end
end
local function push_front(all, from)
  for last = #all, from, -500 do
    local some = {}
    for k = last, math.max(last - 499, from), -1 do some[#some + 1] = all[k] end
    redis.call('LPUSH', l, unpack(some))
  end
end
local rev = tonumber(redis.call('HGET', c, 'rev') or 0)
if op == 'len' then return length
elseif op == 'read' then
  local first, after = places(3)
  if not first then return {} end
  local all = items(first, after)
  table.insert(all, 1, string.format('%.0f', rev))
  return all
end
local answer, changed
if op == 'splice' then
  -- ARGV indices, the revision or nothing, new items. Gives {0, old items...}, {1} after another change, {2} where there is no item.
  local first, after = places(3)
  if ARGV[6] ~= '' and tonumber(ARGV[6]) ~= rev then answer = {1}
  elseif not first then answer = {2}
  else
    answer = items(first, after)
    local new = #ARGV - 6
    -- A full server refuses the first command that needs memory, and no other one: so that it refuses all or nothing, this one.
    if new > 0 then redis.call('HINCRBY', c, 'rev', 1) end
    if new == 1 and after - first == 1 then
      redis.call('LSET', l, first, ARGV[7])
    elseif new == 0 and first == 0 then
      redis.call('LTRIM', l, after, -1)
    elseif first == 0 then
      if after > 0 then redis.call('LTRIM', l, after, -1) end
      push_front(ARGV, 7)
    else
      local rest = items(after, length)
      if first < length then redis.call('LTRIM', l, 0, first - 1) end
      push(ARGV, 7)
      push(rest, 1)
    end
    table.insert(answer, 1, 0)
    changed = new == 0
  end
elseif op == 'exchange' then
  -- ARGV indices, the old item, the new one.
  local first, after = places(3)
  answer = 0
  if first and after - first == 1 and redis.call('LINDEX', l, first) == ARGV[6] then
    redis.call('LSET', l, first, ARGV[7])
    answer, changed = 1, true
  end
elseif op == 'order' then
  -- ARGV revision, indices in their new order.
  answer = 0
  if tonumber(ARGV[3]) == rev and #ARGV - 3 == length then
    local old = items(0, length)
    redis.call('DEL', l)
    local new = {}
    for k = 4, #ARGV do new[#new + 1] = old[tonumber(ARGV[k]) + 1] end
    push(new, 1)
    answer, changed = 1, true
  end
elseif op == 'fill' then
  -- The contents that somebody opens it with fill it only if nobody has put anything in before. Empty ones fill nothing.
  if rev > 0 or #ARGV < 3 then return 0 end
  push(ARGV, 3)
  answer, changed = 1, true
elseif op == 'clear' then
  redis.call('DEL', l)
  answer, changed = 1, true
end
if changed then redis.call('HINCRBY', c, 'rev', 1) end
keep(p, ARGV[2], answer)
return answer
