-- KEYS: the epoch, a key's hash. ARGV: a fresh id, whether an epoch begins, milliseconds that a ticket lives.
-- Answers the key's ticket and what is kept under it.
if ARGV[2] == '1' or redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('SET', KEYS[1], ARGV[1])
end
local epoch = redis.call('GET', KEYS[1])
local kept = redis.call('HMGET', KEYS[2], 'epoch', 'ticket', 'json', 'until')
if kept[1] == epoch then
  return {kept[2], kept[3], kept[4]}
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'epoch', epoch, 'ticket', ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {ARGV[1], false, false}
