-- Numbers with a lock. KEYS c p h   ARGV op number member arguments...
-- `member` is "-" for whoever does not care about the lock; with any other one, nothing is done while somebody else holds it: h has the
-- tickets of holders, MEMBER/NUMBER. p has the answer to the visitor's last change, so that a repeated one changes nothing.
-- Gives {0} while the lock is held, {1, answer}, or {2, value} when the sum does not fit.
local c, p, h = KEYS[1], KEYS[2], KEYS[3]
local op, number, member = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local old = redis.call('HGET', c, 'v')
if not old or redis.call('HGET', c, 'kind') ~= 'value' then
  return redis.error_reply('PSGONE the value is not on the server any more')
end
if number > 0 then
  local last = redis.call('HMGET', p, 'n', 'state', 'answer')
  if last[1] and tonumber(last[1]) >= number then return {tonumber(last[2]), last[3]} end
end
if member ~= '-' then
  local holder = redis.call('ZRANGE', h, 0, 0)[1]
  if holder and string.match(holder, '^(.*)/[^/]*$') ~= member then return {0} end
end
if op == 'get' then return {1, old} end
local function float(text)
  local word = string.lower(text)
  if string.find(word, 'nan', 1, true) then return 0 / 0 end
  if string.find(word, 'inf', 1, true) then return string.sub(word, 1, 1) == '-' and -1 / 0 or 1 / 0 end
  return tonumber(text)
end
local function finite(x) return x == x and x ~= 1 / 0 and x ~= -1 / 0 end
local function text(x)
  if x ~= x then return 'nan' end
  if not finite(x) then return x < 0 and '-inf' or 'inf' end
  return string.format('%.17g', x)
end
local state, answer = 1, nil
if op == 'set' then
  redis.call('HSET', c, 'v', ARGV[4])
  answer = ARGV[4]
elseif op == 'exchange' then
  -- ARGV old new form
  local same = old == ARGV[4]
  if ARGV[6] ~= 'i' then same = float(old) == float(ARGV[4]) end
  if same then redis.call('HSET', c, 'v', ARGV[5]) end
  answer = same and '1' or '0'
elseif ARGV[5] == 'i' then
  -- 'add': ARGV more form least most. The numbers of scripts have 64 bits, those of Lua 53: the server itself adds.
  local sum = redis.pcall('HINCRBY', c, 'v', ARGV[4])
  answer = redis.call('HGET', c, 'v')
  if type(sum) == 'table' or tonumber(answer) < tonumber(ARGV[6]) or tonumber(answer) > tonumber(ARGV[7]) then
    redis.call('HSET', c, 'v', old)
    state, answer = 2, old
  end
else
  local sum = float(old) + float(ARGV[4])
  local rounded = sum
  if ARGV[5] == 'f' and finite(sum) then rounded = struct.unpack('>f', struct.pack('>f', sum)) end
  if finite(sum) and not finite(rounded) then
    state, answer = 2, old
  else
    answer = text(rounded)
    redis.call('HSET', c, 'v', answer)
  end
end
redis.call('HSET', p, 'n', ARGV[2], 'state', state, 'answer', answer)
redis.call('EXPIRE', p, 86400)
return {state, answer}
