// The steps of jobs as Redis runs them, each as a whole, so that every page has one result whatever ends in between. Every
// script gets the prefix of the keys first; what lies under which key is told in records.ts.
import { type Script, script } from '../connection.js';

const words = `
local P = ARGV[1]
local function at(kind, id) return P .. kind .. ':' .. id end
local function isLive(id)
  local state = redis.call('HGET', at('job', id), 'state')
  return state == 'queued' or state == 'running' or state == 'waiting_human'
end
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
-- Jobs of a key stand in a line, each once, as long as they have pages to give out.
local function lineUp(id)
  local line = at('line', redis.call('HGET', at('job', id), 'key'))
  redis.call('LREM', line, 0, id)
  redis.call('RPUSH', line, id)
end
local function giveBack(id, index)
  redis.call('HDEL', at('begun', id), index)
  redis.call('SREM', at('parked', id), index)
  if not isLive(id) then return end
  redis.call('RPUSH', at('again', id), index)
  lineUp(id)
end
local function given(id)
  local next, total = unpack(redis.call('HMGET', at('job', id), 'next', 'total'))
  return tonumber(next) >= tonumber(total) and redis.call('LLEN', at('again', id)) == 0
end
-- Where all that is left waits for people, the job says so.
local function settle(id, now)
  local parked = redis.call('SCARD', at('parked', id))
  if parked == 0 or redis.call('HLEN', at('begun', id)) > parked or not given(id) then return end
  redis.call('HSET', at('job', id), 'state', 'waiting_human', 'updated', now)
end
local function over(id, state, now, keptFor)
  redis.call('HSET', at('job', id), 'state', state, 'updated', now)
  redis.call('ZREM', P .. 'live', id)
  redis.call('LREM', at('line', redis.call('HGET', at('job', id), 'key')), 0, id)
  for _, kind in ipairs({'again', 'begun', 'parked', 'tried'}) do redis.call('DEL', at(kind, id)) end
  for _, kind in ipairs({'job', 'urls', 'results', 'bodies'}) do redis.call('PEXPIRE', at(kind, id), keptFor) end
end
`;

const step = (source: string): Script => script(words + source);

/** ARGV: prefix, id, created, how many fields, the fields of the job, its URLs. */
export const create = step(`
local id, created, fields = ARGV[2], ARGV[3], tonumber(ARGV[4])
redis.call('HSET', at('job', id), unpack(ARGV, 5, 4 + fields))
for from = 5 + fields, #ARGV, 1000 do
  redis.call('RPUSH', at('urls', id), unpack(ARGV, from, math.min(#ARGV, from + 999)))
end
redis.call('ZADD', P .. 'live', created, id)
redis.call('ZADD', P .. 'recent', created, id)
lineUp(id)`);

/**
 * A page for a gateway to fetch. ARGV: prefix, key, gateway, now, then hosts that are crowded there.
 * Answers id, index, url, how often it was told to come later; or whether some are left for others, 1 or 0.
 */
export const claim = step(`
local line, gateway, now = at('line', ARGV[2]), ARGV[3], ARGV[4]
redis.call('ZADD', P .. 'gateways', clock(), gateway)
local crowded = {}
for place = 5, #ARGV do crowded[ARGV[place]] = true end
local function urlAt(id, index)
  local url = redis.call('LINDEX', at('urls', id), index)
  local host = string.match(string.match(url, '^[^:]*://([^/?#]*)') or '', '[^@]*$')
  return url, crowded[string.lower(host)]
end
-- So far ahead is looked for a page whose host is free.
local sight = 200
local function pick(id)
  local again = at('again', id)
  for _, index in ipairs(redis.call('LRANGE', again, 0, sight - 1)) do
    local url, full = urlAt(id, index)
    if not full then
      redis.call('LREM', again, 1, index)
      return index, url
    end
  end
  local next, total = unpack(redis.call('HMGET', at('job', id), 'next', 'total'))
  next, total = tonumber(next), tonumber(total)
  while next < total and redis.call('LLEN', again) < sight do
    local url, full = urlAt(id, next)
    redis.call('HSET', at('job', id), 'next', next + 1)
    if not full then return tostring(next), url end
    redis.call('RPUSH', again, next)
    next = next + 1
  end
end
local left = 0
for _ = 1, redis.call('LLEN', line) do
  local id = redis.call('LMOVE', line, line, 'LEFT', 'RIGHT')
  if not isLive(id) then
    redis.call('LREM', line, 0, id)
  else
    local index, url = pick(id)
    if given(id) then redis.call('LREM', line, 0, id) else left = 1 end
    if index then
      redis.call('HSET', at('begun', id), index, gateway)
      if redis.call('HGET', at('job', id), 'state') ~= 'running' then
        redis.call('HSET', at('job', id), 'state', 'running', 'updated', now)
      end
      return {id, index, url}
    end
  end
end
return {left}`);

/** ARGV: prefix, id, index, now, how long what is over is kept, whether the page was got (1 or 0), the result, its body or ''. */
export const finish = step(`
local id, index, now, keptFor, ok, result, body = unpack(ARGV, 2, 8)
if not isLive(id) then return 0 end
if redis.call('HSETNX', at('results', id), index, result) == 0 then return 0 end
if body ~= '' then redis.call('HSET', at('bodies', id), index, body) end
redis.call('HDEL', at('begun', id), index)
redis.call('SREM', at('parked', id), index)
redis.call('HINCRBY', at('job', id), ok == '1' and 'done' or 'failed', 1)
redis.call('HSET', at('job', id), 'updated', now)
local done, failed, total, callback = unpack(redis.call('HMGET', at('job', id), 'done', 'failed', 'total', 'callback'))
if done + failed < tonumber(total) then
  settle(id, now)
  return 1
end
over(id, tonumber(done) == 0 and 'failed' or 'finished', now, keptFor)
if callback and callback ~= '' then redis.call('ZADD', P .. 'due', now, id) end
return 2`);

/** Pages that were begun and are to be given out again. ARGV: prefix, then id and index of each. */
export const back = step(`
for place = 2, #ARGV, 2 do giveBack(ARGV[place], ARGV[place + 1]) end`);

/** A page that rests. ARGV: prefix, id, index, now, until when. */
export const later = step(`
local id, index, now, due = unpack(ARGV, 2, 5)
if not isLive(id) then return end
redis.call('HSET', at('begun', id), index, 'rests')
redis.call('SREM', at('parked', id), index)
redis.call('ZADD', P .. 'later', due, id .. ' ' .. index)
settle(id, now)`);

/** A page that was told to come later. ARGV: prefix, id, index. Answers how often by now. */
export const tried = step(`return redis.call('HINCRBY', at('tried', ARGV[2]), ARGV[3], 1)`);

/** A page that waits for a person at its gateway. ARGV: prefix, id, index, now. */
export const park = step(`
local id, index, now = unpack(ARGV, 2, 4)
if not isLive(id) then return end
redis.call('SADD', at('parked', id), index)
settle(id, now)`);

/** ARGV: prefix, id, now, how long what is over is kept, channel. Answers how many were begun; nothing where it was over. */
export const cancel = step(`
local id, now, keptFor, channel = unpack(ARGV, 2, 5)
if not isLive(id) then return false end
local begun = redis.call('HLEN', at('begun', id))
over(id, 'cancelled', now, keptFor)
redis.call('PUBLISH', channel, id)
return begun`);

/**
 * A sign of life of a gateway; what has rested and what dead ones were at is given out again. ARGV: prefix, gateway, lease,
 * now. Answers key, at once and pages to give out of every live job, the oldest first; then ids and indexes of what this
 * gateway is at.
 */
export const sweep = step(`
local gateway, lease, now = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local gateways, time = P .. 'gateways', clock()
redis.call('ZADD', gateways, time, gateway)
redis.call('ZREMRANGEBYSCORE', gateways, '-inf', time - lease)
for _, rested in ipairs(redis.call('ZRANGEBYSCORE', P .. 'later', '-inf', now, 'LIMIT', 0, 1000)) do
  redis.call('ZREM', P .. 'later', rested)
  local id, index = string.match(rested, '(%S+) (%S+)')
  if redis.call('HGET', at('begun', id), index) == 'rests' then giveBack(id, index) end
end
local needs, mine = {}, {}
for _, id in ipairs(redis.call('ZRANGE', P .. 'live', 0, -1)) do
  local begun = redis.call('HGETALL', at('begun', id))
  for place = 1, #begun, 2 do
    local holder = begun[place + 1]
    if holder == gateway then
      mine[#mine + 1] = id
      mine[#mine + 1] = begun[place]
    elseif holder ~= 'rests' and not redis.call('ZSCORE', gateways, holder) then
      giveBack(id, begun[place])
    end
  end
  local key, atOnce, next, total = unpack(redis.call('HMGET', at('job', id), 'key', 'atOnce', 'next', 'total'))
  if not key then
    redis.call('ZREM', P .. 'live', id)
  else
    local left = tonumber(total) - tonumber(next) + redis.call('LLEN', at('again', id))
    if left > 0 then
      needs[#needs + 1] = key
      needs[#needs + 1] = atOnce
      needs[#needs + 1] = left
    end
  end
end
return {needs, mine}`);

/** A gateway goes. ARGV: prefix, gateway. */
export const leave = step(`redis.call('ZREM', P .. 'gateways', ARGV[2])`);

/** ARGV: prefix. Answers how many pages wait and how many were begun, over all jobs. */
export const load = step(`
local queued, running = 0, 0
for _, id in ipairs(redis.call('ZRANGE', P .. 'live', 0, -1)) do
  local next, total = unpack(redis.call('HMGET', at('job', id), 'next', 'total'))
  if next then queued = queued + total - next + redis.call('LLEN', at('again', id)) end
  running = running + redis.call('HLEN', at('begun', id))
end
return {queued, running}`);

/** Whether a callback that is due is ours. ARGV: prefix, id, now, until when. */
export const take = step(`
local due = redis.call('ZSCORE', P .. 'due', ARGV[2])
if not due or tonumber(due) > tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', P .. 'due', ARGV[4], ARGV[2])
return 1`);

/** Callbacks that wait, each with its time, the most urgent first. ARGV: prefix, how many. */
export const due = step(`return redis.call('ZRANGE', P .. 'due', 0, ARGV[2] - 1, 'WITHSCORES')`);
