-- KEYS m w s b   ARGV keeper period(ms) members...
-- Counts the beat of each member that is there; one that is not has not come yet, or was removed. Two keepers at a time are sweepers, so
-- that the death of the machine of one is noticed by the other, which has watched all the time; they get more. Gives {sweeper?, all members
-- and their beats, consumers that are no members}.
local m, w = KEYS[1], KEYS[2]
for k = 3, #ARGV do
  if redis.call('HEXISTS', m, ARGV[k]) == 1 then redis.call('HINCRBY', m, ARGV[k], 1) end
end
-- A pool is that of one version of a program. Nobody uses it any more once the script is edited, so its keys vanish a week after the last beat.
local is_pool = redis.call('HGET', string.sub(m, 1, -2) .. 'c', 'kind') == 'pool'
local function keep(name)
  local key = string.sub(m, 1, -2) .. name
  -- Seldom, because the server writes it down.
  if is_pool and redis.call('TTL', key) < 600000 then redis.call('EXPIRE', key, 604800) end
end
for k = 3, is_pool and #ARGV or 0 do
  keep('t:' .. ARGV[k])
  keep('r:' .. ARGV[k])
end
local mine
for _, seat in ipairs({w, w .. '2'}) do
  local who = redis.call('GET', seat)
  if who == ARGV[1] then
    mine = seat
    break
  end
  if not who and not mine then mine = seat end
end
if not mine then return {0, {}, {}} end
redis.call('SET', mine, ARGV[1], 'PX', ARGV[2] * 3)
for _, name in ipairs({'c', 'm', 'i', 's', 'b', 'd', 'e'}) do keep(name) end
-- Who was removed while it waited for an item can still be handed one. To name those who have something in hand costs a tenth of naming all
-- consumers, which is done when there are more of them than members.
local orphans, seen = {}, {}
local function note(consumer)
  if not seen[consumer] and redis.call('HEXISTS', m, consumer) == 0 then
    orphans[#orphans + 1] = consumer
    seen[consumer] = true
  end
end
local members = redis.call('HLEN', m)
for _, key in ipairs({KEYS[3], KEYS[4]}) do
  local group = redis.pcall('XINFO', 'GROUPS', key)
  group = not group.err and group[1] or {0, 0, 0, 0, 0, 0}
  if group[4] > members then
    for _, x in ipairs(redis.call('XINFO', 'CONSUMERS', key, 'g')) do note(x[2]) end
  elseif group[6] > 0 then
    for _, x in ipairs(redis.call('XPENDING', key, 'g')[4]) do note(x[1]) end
  end
end
return {1, redis.call('HGETALL', m), orphans}
