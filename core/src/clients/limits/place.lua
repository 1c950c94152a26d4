-- Takes a place, or keeps the one that is held, if not too many are held by others.
-- KEYS: the set of places, each with the moment (ms) at which it ends. ARGV: the place, how many there are, for how
-- long (ms) it is held.
local clock = redis.call("time")
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call("zremrangebyscore", KEYS[1], "-inf", now)
-- Nobody holds a place for longer: the clock was set back, and those who are alive take theirs again.
redis.call("zremrangebyscore", KEYS[1], string.format("(%.0f", now + tonumber(ARGV[3])), "+inf")
local held = redis.call("zscore", KEYS[1], ARGV[1])
if not held and redis.call("zcard", KEYS[1]) >= tonumber(ARGV[2]) then
    return 0
end
redis.call("zadd", KEYS[1], string.format("%.0f", now + tonumber(ARGV[3])), ARGV[1])
redis.call("pexpire", KEYS[1], ARGV[3])
return 1
