-- KEYS c s b p   ARGV number again items...
-- `number` is that of the first item among all that the member has put. p holds the number of its last one that is in.
-- Gives {state, last}: state 0; 1 when there was no room for all; -1 when the server has forgotten items before `number`.
-- `again` is 1 when the items were in before and the server has forgotten them: they come in without a look at the bound.
local c, s, b, p = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local number, again, count = tonumber(ARGV[1]), ARGV[2] == '1', #ARGV - 2
local last = tonumber(redis.call('GET', p) or 0)
if again and last < number - 1 then last = number - 1 end
if last < number - 1 then return {-1, last} end
local skip = last - number + 1
if skip >= count then return {0, last} end
local fit = count - skip
local max = tonumber(redis.call('HGET', c, 'max') or 0)
if max > 0 and not again then
  local waiting = 0
  for _, key in ipairs({s, b}) do
    waiting = waiting + redis.call('XLEN', key) - redis.call('XINFO', 'GROUPS', key)[1][6]
  end
  fit = math.max(0, math.min(fit, max - waiting))
end
for k = 1, fit do redis.call('XADD', s, '*', 'v', ARGV[2 + skip + k]) end
if fit > 0 then
  last = number + skip + fit - 1
  -- Kept for a day after the last put: long after any repeated call.
  redis.call('SET', p, last, 'EX', 86400)
  redis.call('HINCRBY', c, 'unfinished', fit)
end
return {skip + fit < count and 1 or 0, last}
