-- KEYS: the epoch, a key's hash. ARGV: a fresh id, whether an epoch begins.
if ARGV[2] == '1' then
  redis.call('SET', KEYS[1], ARGV[1])
end
redis.call('DEL', KEYS[2])
