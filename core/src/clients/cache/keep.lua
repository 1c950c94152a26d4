-- KEYS: the epoch, a key's hash. ARGV: the ticket, the answer, until when it counts, milliseconds that it is kept.
local kept = redis.call('HMGET', KEYS[2], 'epoch', 'ticket')
if kept[1] and kept[1] == redis.call('GET', KEYS[1]) and kept[2] == ARGV[1] then
  redis.call('HSET', KEYS[2], 'json', ARGV[2], 'until', ARGV[3])
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
