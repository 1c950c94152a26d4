-- Puts an item that a worker took back at the head of its queue.
-- KEYS: the worker's inflight set, the active list, the data hash, the item's metadata. ARGV: the item's id.
if redis.call("srem", KEYS[1], ARGV[1]) == 1 and redis.call("hexists", KEYS[3], ARGV[1]) == 1 then
    redis.call("lpush", KEYS[2], ARGV[1])
end
