-- KEYS c   ARGV kind version setting value setting value...
-- Makes the object, if it is not there, and gives it those of these settings that it has not. Gives the settings of these names.
local c = KEYS[1]
local wrong = settle(c, ARGV[1], ARGV[2], 1, 5)
if wrong then return wrong end
local settings = {}
for k = 3, #ARGV, 2 do
  redis.call('HSETNX', c, ARGV[k], ARGV[k + 1])
  settings[#settings + 1] = redis.call('HGET', c, ARGV[k])
end
return settings
