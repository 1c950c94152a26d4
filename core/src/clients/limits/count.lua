-- Counts one more of a key by the generic cell rate algorithm, if it may pass.
-- KEYS: the key. ARGV: microseconds from one to the next, microseconds of the window.
-- Answers the time and the moment at which everything counted before has been spread evenly.
local clock = redis.call("time")
local now = clock[1] * 1000000 + clock[2]
local step, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local tat, at = string.match(redis.call("get", KEYS[1]) or "", "^(%d+) ?(%d*)$")
tat, at = tonumber(tat) or now, tonumber(at) or now
-- If the clock was set back since, what was counted goes back as far.
tat = math.max(tat - math.max(at - now, 0), now)
local allowed = tat + step - window <= now
if allowed or at > now then
    local until_then = allowed and tat + step or tat
    local count = string.format("%.0f %.0f", until_then, now)
    redis.call("set", KEYS[1], count, "px", math.max(math.ceil((until_then - now) / 1000), 1))
end
return {now, tat}
