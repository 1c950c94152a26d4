-- Counts one more of a key by the generic cell rate algorithm, if it may pass.
-- KEYS: the key. ARGV: microseconds from one to the next, microseconds of the window.
-- Answers the time and the moment at which everything counted before has been spread evenly.
local clock = redis.call("time")
local now = clock[1] * 1000000 + clock[2]
local step, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local tat = math.max(tonumber(redis.call("get", KEYS[1]) or now), now)
if tat + step - window <= now then
    redis.call("set", KEYS[1], string.format("%.0f", tat + step), "px", math.ceil((tat + step - now) / 1000))
end
return {now, tat}
