-- Forgets a worker that has ended and takes back what it had not handled.
-- KEYS: the worker's inflight set, the active list, the data hash, the workers set, the worker's metadata.
-- ARGV: the worker's name.
for _, id in ipairs(redis.call("smembers", KEYS[1])) do
    if redis.call("hexists", KEYS[3], id) == 1 then
        redis.call("lpush", KEYS[2], id)
    end
end
redis.call("del", KEYS[1], KEYS[5])
redis.call("zrem", KEYS[4], ARGV[1])
