-- KEYS c s d   ARGV back(1 = they are items again, 0 = they are gone)
-- Ends up to 500 dead letters. Gives how many, and how many are left.
local c, s, d = KEYS[1], KEYS[2], KEYS[3]
local letters = redis.call('XRANGE', d, '-', '+', 'COUNT', 500)
for _, x in ipairs(letters) do
  if ARGV[1] == '1' then redis.call('XADD', s, '*', 'v', x[2][2]) end
  redis.call('XDEL', d, x[1])
end
if ARGV[1] == '1' and #letters > 0 then redis.call('HINCRBY', c, 'unfinished', #letters) end
return {#letters, redis.call('XLEN', d)}
