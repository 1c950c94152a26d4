-- Sets an item aside that a worker took and nobody can make sense of.
-- KEYS: the worker's inflight set, the active list, the data hash, the item's metadata, set aside. ARGV: the item's id, why.
redis.call("srem", KEYS[1], ARGV[1])
redis.call("lrem", KEYS[2], 1, ARGV[1])
set_aside(ARGV[1], KEYS[3], KEYS[4], KEYS[5], ARGV[2])
