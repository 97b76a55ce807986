// The steps of traffic.ts as Redis runs them, each as a whole. A bucket that is full, and a gateway with nothing under way,
// are not written down at all.
import { script } from './connection.js';

/** Milliseconds since 1970, by the one clock that all gateways share. */
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** The same bucket as keys/bucket.ts: full at first, refilled evenly over a minute, by no clock that was set back. */
const bucket = `
local function tokensIn(key, rpm)
  local known = redis.call('HMGET', key, 'tokens', 'at', 'size')
  if not known[1] or tonumber(known[3]) ~= rpm then return rpm end
  local gained = math.max(0, now - known[2]) * rpm / 60000
  return math.min(rpm, math.floor((known[1] + gained) * 1e9 + 0.5) / 1e9)
end
local function keepTokens(key, rpm, tokens)
  redis.call('HSET', key, 'tokens', string.format('%.9f', tokens), 'at', string.format('%.0f', now), 'size', rpm)
  redis.call('PEXPIRE', key, math.ceil((rpm - tokens) * 60000 / rpm) + 1000)
end
`;

/** Calls under way at all gateways that were heard of lately; those of the dead are forgotten. */
const places = `
local function placesTaken(key, gateways, lease)
  local taken = 0
  local fields = redis.call('HGETALL', key)
  for at = 1, #fields, 2 do
    local heard = redis.call('ZSCORE', gateways, fields[at])
    if heard and heard + lease > now then
      taken = taken + fields[at + 1]
    else
      redis.call('HDEL', key, fields[at])
    end
  end
  return taken
end
local function leavePlace(key, gateway)
  if redis.call('HINCRBY', key, gateway, -1) <= 0 then redis.call('HDEL', key, gateway) end
end
`;

/** Longer than any call. */
const forgotten = 3_600_000;

/** KEYS: used, revoked, gateways, rate, busy; ARGV: key, gateway, lease, pages, rpm, concurrency, quota ('' is no limit). */
export const admitCall = script(`${clock}${bucket}${places}
local used, revoked, gateways, rate, busy = unpack(KEYS)
local id, gateway, lease, pages = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local rpm, concurrency, quota = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
if redis.call('HEXISTS', revoked, id) == 1 then return {'revoked'} end
-- Where waiting would not help, the quota is what a caller hears of.
local count = tonumber(redis.call('HGET', used, id) or '0')
if quota and count + pages > quota then return {'quota', count} end
-- A gateway that asks is alive, whatever was heard of it before.
redis.call('ZADD', gateways, now, gateway)
redis.call('PEXPIRE', gateways, ${forgotten})
if concurrency and placesTaken(busy, gateways, lease) >= concurrency then return {'concurrency'} end
if rpm then
  local tokens = tokensIn(rate, rpm)
  if tokens < 1 then
    keepTokens(rate, rpm, tokens)
    return {'rate', math.ceil((1 - tokens) * 60000 / rpm)}
  end
  keepTokens(rate, rpm, tokens - 1)
end
local after = redis.call('HINCRBY', used, id, pages)
redis.call('HINCRBY', busy, gateway, 1)
redis.call('PEXPIRE', busy, ${forgotten})
return {'in', after}`);

/** KEYS: busy; ARGV: gateway. */
export const releaseCall = script(`${places}
leavePlace(KEYS[1], ARGV[1])`);

/** KEYS: used; ARGV: key, pages. */
export const refundPages = script(`
local count = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local pages = math.min(count, tonumber(ARGV[2]))
if pages > 0 then redis.call('HINCRBY', KEYS[1], ARGV[1], -pages) end
return count - pages`);

/** KEYS: used, rate, busy; ARGV: key, gateway, pages, rpm. */
export const undoCall = script(`${clock}${bucket}${places}
local rpm = tonumber(ARGV[4])
redis.call('HINCRBY', KEYS[1], ARGV[1], -tonumber(ARGV[3]))
if rpm then keepTokens(KEYS[2], rpm, math.min(rpm, tokensIn(KEYS[2], rpm) + 1)) end
leavePlace(KEYS[3], ARGV[2])`);

/** KEYS: used, gateways, then rate and busy of each key; ARGV: lease, then id and rpm of each. */
export const readCounts = script(`${clock}${bucket}${places}
local counts = {}
for at = 3, #KEYS, 2 do
  local rpm = tonumber(ARGV[at])
  counts[#counts + 1] = tonumber(redis.call('HGET', KEYS[1], ARGV[at - 1]) or '0')
  counts[#counts + 1] = rpm and math.floor(tokensIn(KEYS[at], rpm)) or 0
  counts[#counts + 1] = placesTaken(KEYS[at + 1], KEYS[2], tonumber(ARGV[1]))
end
return counts`);

/** KEYS: gateways, then busy of each key; ARGV: gateway, lease, then the calls of each. */
export const countCalls = script(`${clock}
local gateways, gateway, lease = KEYS[1], ARGV[1], tonumber(ARGV[2])
redis.call('ZADD', gateways, now, gateway)
redis.call('ZREMRANGEBYSCORE', gateways, '-inf', now - lease)
redis.call('PEXPIRE', gateways, ${forgotten})
for at = 2, #KEYS do
  if ARGV[at + 1] == '0' then
    redis.call('HDEL', KEYS[at], gateway)
  else
    redis.call('HSET', KEYS[at], gateway, ARGV[at + 1])
    redis.call('PEXPIRE', KEYS[at], ${forgotten})
  end
end`);

/** KEYS: gateways, then busy of each key; ARGV: gateway. */
export const leaveCalls = script(`
redis.call('ZREM', KEYS[1], ARGV[1])
for at = 2, #KEYS do redis.call('HDEL', KEYS[at], ARGV[1]) end`);
