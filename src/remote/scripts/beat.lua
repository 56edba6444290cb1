-- KEYS m w s b   ARGV keeper period(ms) members...
-- Counts the beat of each member that is there; one that is not has not come yet, or was removed. One keeper at a time is the sweeper, and
-- gets more. Gives {sweeper?, all members and their beats, consumers that are no members}.
local m, w = KEYS[1], KEYS[2]
for k = 3, #ARGV do
  if redis.call('HEXISTS', m, ARGV[k]) == 1 then redis.call('HINCRBY', m, ARGV[k], 1) end
end
local who = redis.call('GET', w)
if who and who ~= ARGV[1] then return {0, {}, {}} end
redis.call('SET', w, ARGV[1], 'PX', ARGV[2] * 3)
-- Who was removed while it waited for an item can still be handed one.
local orphans, seen = {}, {}
for _, key in ipairs({KEYS[3], KEYS[4]}) do
  local all = redis.pcall('XINFO', 'CONSUMERS', key, 'g')
  if not all.err then
    for _, x in ipairs(all) do
      if not seen[x[2]] and redis.call('HEXISTS', m, x[2]) == 0 then
        orphans[#orphans + 1] = x[2]
        seen[x[2]] = true
      end
    end
  end
end
return {1, redis.call('HGETALL', m), orphans}
