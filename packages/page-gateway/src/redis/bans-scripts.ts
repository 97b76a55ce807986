// What Redis does with the bans in one step: it alone says since when one lasts and how long, by its own clock. A hash holds
// `proxy LF host` → `until times vendor`, a sorted set when each ends; both end when nothing in them counts any more.
import { script } from './connection.js';

/**
 * Changes, and tells all of each. KEYS: the hash, the ends. ARGV: channel, an id for the hash if it is not there, first,
 * longest, memory, most; then by fives: kind, field, milliseconds left, times, vendor. Of kind `ban` a proxy was turned
 * away now; of kind `lift` a host takes it again; of kind `keep` a gateway knows of one that Redis may not know.
 *
 * In the hash, `@book` is its id and `@changes` counts them, so that whoever missed one notices. Messages are
 * `book changes left times LF proxy LF host LF vendor`; no times are a ban that was lifted.
 */
export const change = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local channel = ARGV[1]
local first, longest, memory, most = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('HSETNX', KEYS[1], '@book', ARGV[2])
local book = redis.call('HGET', KEYS[1], '@book')

local function whole(number) return string.format('%.0f', number) end
local function tell(field, left, times, vendor)
  local changes = redis.call('HINCRBY', KEYS[1], '@changes', 1)
  local head = book .. ' ' .. whole(changes) .. ' ' .. whole(left) .. ' ' .. whole(times)
  redis.call('PUBLISH', channel, head .. '\\n' .. field .. '\\n' .. vendor)
end
local function set(field, untl, times, vendor)
  redis.call('HSET', KEYS[1], field, whole(untl) .. ' ' .. whole(times) .. ' ' .. vendor)
  redis.call('ZADD', KEYS[2], untl, field)
  tell(field, untl - now, times, vendor)
end
local function forget(field)
  redis.call('HDEL', KEYS[1], field)
  redis.call('ZREM', KEYS[2], field)
end

for at = 7, #ARGV, 5 do
  local kind, field, left, times, vendor = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), ARGV[at + 4]
  local before, count = -math.huge, 0
  local known = redis.call('HGET', KEYS[1], field)
  if known then
    local u, t = string.match(known, '^(%S+) (%S+) ')
    before, count = tonumber(u), tonumber(t)
  end
  if kind == 'ban' and before <= now then
    count = before + memory > now and count + 1 or 1
    set(field, now + math.min(longest, first * 2 ^ (count - 1)), count, vendor)
  elseif kind == 'keep' and now + left > before + 1000 and left + memory > 0 then
    set(field, now + left, math.max(times, count), vendor)
  elseif kind == 'lift' and known and before <= now then
    forget(field)
    tell(field, 0, 0, '')
  end
end

for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - memory, 'LIMIT', 0, 100)) do forget(field) end
while redis.call('ZCARD', KEYS[2]) > most do forget(redis.call('ZRANGE', KEYS[2], 0, 0)[1]) end
redis.call('PEXPIRE', KEYS[1], longest + memory)
redis.call('PEXPIRE', KEYS[2], longest + memory)
return 0
`);

/** All of it. KEYS: the hash. Answers Redis's time, then fields and values in turn. */
export const read = script(`
local time = redis.call('TIME')
return { time[1] * 1000 + math.floor(time[2] / 1000), redis.call('HGETALL', KEYS[1]) }
`);
