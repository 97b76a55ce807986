// What Redis does in one step, so that no two processes can both believe that they were first. The clock is Redis's own;
// nothing here keeps a key for longer than it means something.
import { createHash } from 'node:crypto';

export interface Script {
  readonly source: string;
  readonly sha: string;
}

/**
 * One process tells what it holds of a host and what it wants, and learns what it gets. KEYS: the host's hash, where `@…` are
 * the host's own fields and all others are owners: `held wanted since asked until`. ARGV: owner, held, wanted, lease,
 * concurrency (-1: none), interval (0: no rate), burst, the channels' prefix, host, pause, remaining (-1: nothing was said),
 * reset. Durations are milliseconds. Answers: granted, until time lets the next one through (-1: somebody must leave),
 * owners, tokens (-1: no rate).
 *
 * Whoever has waited for longer goes first: a free turn is left to an owner that waits for longer and asked within a second.
 */
export const claim = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local owner, held, wanted, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local concurrency, interval, burst = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local pause, remaining, reset = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])

local full, paused, windowEnd, windowSaid, windowLeft = 0, 0, 0, 0, 0
local total, owners, since, waiting = 0, 1, now, {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local name, value = fields[i], fields[i + 1]
  if name == '@full' then full = tonumber(value)
  elseif name == '@paused' then paused = tonumber(value)
  elseif name == '@window' then
    local a, b, c = string.match(value, '(%S+) (%S+) (%S+)')
    windowEnd, windowSaid, windowLeft = tonumber(a), tonumber(b), tonumber(c)
  else
    local h, w, s, asked, till = string.match(value, '(%S+) (%S+) (%S+) (%S+) (%S+)')
    h, w, s, asked, till = tonumber(h), tonumber(w), tonumber(s), tonumber(asked), tonumber(till)
    if name == owner then
      if w > 0 then since = s end
    elseif till <= now then redis.call('HDEL', KEYS[1], name)
    else
      total, owners = total + h, owners + 1
      if w > 0 and asked > now - 1000 then waiting[#waiting + 1] = { name, s } end
    end
  end
end

if pause > 0 then paused = math.max(paused, now + pause) end
if remaining >= 0 then
  local fin = now + reset
  local same = windowEnd > now and fin < windowEnd + 1500
  windowSaid = same and math.min(windowSaid, remaining) or remaining
  windowEnd = same and math.max(windowEnd, fin) or fin
  windowLeft = windowSaid - total - held
end

local slots = concurrency < 0 and math.huge or concurrency - total - held
local tokens = math.huge
if interval > 0 then tokens = math.floor(burst - math.max(0, full - now) / interval + 1e-6) end
local free = math.max(0, math.min(slots, tokens))
if windowEnd > now then free = math.max(0, math.min(free, windowLeft)) end
if paused > now then free = 0 end

local first = 0
for _, other in ipairs(waiting) do if other[2] < since then first = first + 1 end end
local granted = math.max(0, math.min(wanted, free - first))
if granted > 0 then
  since = now
  if interval > 0 then full = math.max(full, now) + granted * interval end
  if windowEnd > now then windowLeft = windowLeft - granted end
end
held, wanted, slots, free = held + granted, wanted - granted, slots - granted, free - granted

local opens = -1
if slots > 0 then
  local at = now
  if interval > 0 then at = math.max(at, math.max(now, full) + (first + 1 - burst) * interval) end
  if paused > at then at = paused end
  if windowEnd > at and windowLeft <= first then at = windowEnd end
  if at > now then opens = math.ceil(at - now) end
end

local function text(number) return string.format('%.3f', number) end
if held > 0 or wanted > 0 then
  local value = { held, wanted, text(since), text(now), text(now + lease) }
  redis.call('HSET', KEYS[1], owner, table.concat(value, ' '))
else redis.call('HDEL', KEYS[1], owner) end
if full > now then redis.call('HSET', KEYS[1], '@full', text(full)) else redis.call('HDEL', KEYS[1], '@full') end
if paused > now then redis.call('HSET', KEYS[1], '@paused', text(paused)) else redis.call('HDEL', KEYS[1], '@paused') end
if windowEnd > now then
  redis.call('HSET', KEYS[1], '@window', table.concat({ text(windowEnd), windowSaid, windowLeft }, ' '))
else redis.call('HDEL', KEYS[1], '@window') end
redis.call('PEXPIRE', KEYS[1], math.ceil(math.max(lease, full - now, paused - now, windowEnd - now)) + 1000)

if free > 0 and #waiting > 0 then
  table.sort(waiting, function(a, b) return a[2] < b[2] end)
  for i = 1, math.min(free, #waiting) do redis.call('PUBLISH', ARGV[8] .. waiting[i][1], ARGV[9]) end
end
local left = -1
if interval > 0 then left = math.max(0, tokens - granted) end
return { granted, opens, owners, left }
`);

/**
 * Requests to a host, and how many of them failed. KEYS: the host's hash of slots `requests failures`, and `open`. ARGV:
 * requests, failures, failure rate, minimum, window, how long it is then left alone, channel, host. Where the host is down by
 * this, all are told.
 */
export const count = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local rate, minimum, window, openFor = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local open = redis.call('HGET', KEYS[1], 'open')
if open and tonumber(open) > now then return tonumber(open) - now end
local slot = math.floor(now / (window / 10))
local requests, failures, here = tonumber(ARGV[1]), tonumber(ARGV[2]), { 0, 0 }
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local at = tonumber(fields[i])
  if at and at > slot - 10 then
    local r, f = string.match(fields[i + 1], '(%d+) (%d+)')
    if at == slot then here = { tonumber(r), tonumber(f) } end
    requests, failures = requests + r, failures + f
  elseif at then redis.call('HDEL', KEYS[1], fields[i]) end
end
if tonumber(ARGV[2]) > 0 and requests >= minimum and failures >= rate * requests then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'open', string.format('%d', now + openFor))
  redis.call('PEXPIRE', KEYS[1], math.ceil(openFor))
  redis.call('PUBLISH', ARGV[7], ' ' .. openFor .. ' ' .. ARGV[8])
  return math.ceil(openFor)
end
redis.call('HSET', KEYS[1], string.format('%d', slot), (here[1] + ARGV[1]) .. ' ' .. (here[2] + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], math.ceil(window))
return 0
`);

/** A host is left alone for a while, or is back (0). KEYS: the host's hash. ARGV: for how long, channel, message. */
export const tell = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local openFor = tonumber(ARGV[1])
redis.call('DEL', KEYS[1])
if openFor > 0 then
  redis.call('HSET', KEYS[1], 'open', string.format('%d', now + openFor))
  redis.call('PEXPIRE', KEYS[1], math.ceil(openFor))
end
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 0
`);

/** For how many milliseconds a host is still left alone. KEYS: the host's hash. */
export const ask = script(`
local time = redis.call('TIME')
local open = redis.call('HGET', KEYS[1], 'open')
return open and math.max(0, math.ceil(tonumber(open) - time[1] * 1000 - time[2] / 1000)) or 0
`);

function script(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
