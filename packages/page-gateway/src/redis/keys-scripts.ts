// The steps of keys.ts as Redis runs them, each as a whole. Rows are JSON by id; beside them stand the ids by hash and, for live
// keys, by name, when each key was revoked, and what it has used.
import { script } from './connection.js';

/** Keys are never deleted: one that was revoked is told so, and its name is free. */
export const addKey = script(`
local rows, hashes, names, revoked, used = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, name, hash, row, ended, pages, channel = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if redis.call('HEXISTS', rows, id) == 1 then return 'known' end
if ended ~= '' then
  redis.call('HSET', revoked, id, ended)
elseif redis.call('HSETNX', names, name, id) == 0 then
  return 'taken'
end
redis.call('HSET', rows, id, row)
redis.call('HSET', hashes, hash, id)
if tonumber(pages) > 0 then redis.call('HSET', used, id, pages) end
redis.call('PUBLISH', channel, id)
return 'made'`);

export const findKey = script(`
local id = ARGV[2] == 'hash' and redis.call('HGET', KEYS[2], ARGV[1]) or ARGV[1]
if not id then return {} end
local row = redis.call('HGET', KEYS[1], id)
if not row then return {} end
return {row, redis.call('HGET', KEYS[3], id) or ''}`);

export const listKeys = script(`
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for at = 1, #all, 2 do
  found[#found + 1] = all[at + 1]
  found[#found + 1] = redis.call('HGET', KEYS[2], all[at]) or ''
end
return found`);

export const revokeKeys = script(`
local rows, names, revoked = KEYS[1], KEYS[2], KEYS[3]
local wanted, now, channel = ARGV[1], ARGV[2], ARGV[3]
local found = {}
local function revoke(id)
  local row = redis.call('HGET', rows, id)
  if not row or redis.call('HSETNX', revoked, id, now) == 0 then return end
  redis.call('HDEL', names, cjson.decode(row).name)
  found[#found + 1] = row
  redis.call('PUBLISH', channel, id)
end
local named = redis.call('HGET', names, wanted)
if named then revoke(named) end
revoke(wanted)
return found`);

/**
 * Gives a Redis that has lost its keys what a gateway knows of them; what others gave already stays, and whoever knows that a
 * key was revoked, or has used more, is right. KEYS: rows, hashes, names, revoked, used, epoch; ARGV: a new epoch, then by
 * sixes: id, name, hash, row, revoked, used. Answers the epoch that holds now.
 */
export const restoreKeys = script(`
local rows, hashes, names, revoked, used, epoch = unpack(KEYS)
for at = 2, #ARGV, 6 do
  local id, name, hash, row, ended, pages = unpack(ARGV, at, at + 5)
  if redis.call('HSETNX', rows, id, row) == 1 then
    redis.call('HSET', hashes, hash, id)
    if ended == '' then redis.call('HSETNX', names, name, id) end
  end
  if ended ~= '' and redis.call('HSETNX', revoked, id, ended) == 1 and redis.call('HGET', names, name) == id then
    redis.call('HDEL', names, name)
  end
  if tonumber(pages) > tonumber(redis.call('HGET', used, id) or '0') then redis.call('HSET', used, id, pages) end
end
redis.call('SET', epoch, ARGV[1], 'NX')
return redis.call('GET', epoch)`);
