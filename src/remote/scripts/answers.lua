-- What scripts begin with that change containers: the answer to the visitor's last change is kept at p, so that a repeated one changes nothing.
-- Returns a table with the answer that a change of this number has got before; nothing if it is new, or no change.
local function answered(p, number)
  local last = number > 0 and redis.call('HMGET', p, 'n', 'answer') or {}
  if not last[1] or tonumber(last[1]) < number then return nil end
  local packed = last[2] ~= '' and last[2] or redis.call('GET', p .. ':a')
  if packed then return {cmsgpack.unpack(packed)} end
  return {redis.error_reply('PSLATE the change was made, but its answer was too large to be kept until the connection came back')}
end
local function keep(p, number, answer)
  local packed = cmsgpack.pack(answer)
  -- A large answer is kept apart, and not for long: a change is repeated within a minute.
  if #packed > 65536 then
    redis.call('SET', p .. ':a', packed, 'EX', 120)
    packed = ''
  end
  redis.call('HSET', p, 'n', number, 'answer', packed)
  redis.call('EXPIRE', p, 86400)
end
