// What Redis does with a session in one step, so that no two gateways can both believe that they were first. The clock is
// Redis's own. KEYS: the session's hash, whose fields are
//
//   id who epoch revision generation score   the visitor; of one who was dropped only `generation` is left
//   order                                    how many cookies were ever set
//   @<cookie>                                its order, a space, the cookie
//   turn, hand                               who holds it, a space, until when
//   queue                                    those who wait for a turn: [token, since, last asked]
//
// ARGV: for how long an unused session is kept, in milliseconds, then what each says of itself.
import { highestScore, lowestScore } from '../sessions/keep.js';
import { type Script, script } from './connection.js';

const begin = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function get(name) return redis.call('HGET', KEYS[1], name) end
local function touch() redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
local function held(hold)
  local token, till = string.match(get(hold) or '', '^(%S+) (%S+)$')
  if token and tonumber(till) > now then return token, tonumber(till) end
  return ''
end
local function hold(name, token, lease) redis.call('HSET', KEYS[1], name, token .. ' ' .. string.format('%d', now + lease)) end
local function none() return { 'none', tonumber(get('generation') or 0) } end
local function there() return { 'there', (held('hand')), redis.call('HGETALL', KEYS[1]) } end
local function put(first, last)
  for at = first, last, 2 do
    local old = get(ARGV[at])
    local order = old and string.match(old, '^(%d+) ') or redis.call('HINCRBY', KEYS[1], 'order', 1)
    redis.call('HSET', KEYS[1], ARGV[at], order .. ' ' .. ARGV[at + 1])
  end
end
`;

/** ARGV: the id, epoch and revision that are known, and 1 where this is a use. */
export const load = session(`
local id = get('id')
if not id then return none() end
if ARGV[5] == '1' then touch() end
if id == ARGV[2] and get('epoch') == ARGV[3] and get('revision') == ARGV[4] then
  return { 'same', (held('hand')), get('score') }
end
return there()
`);

/** ARGV: who is expected there, then id, who, epoch, score, generation by which he was known (0: never), for how long he was not used,
 * cookies. */
export const replace = session(`
local who, generation, known = get('who'), tonumber(get('generation') or 0), tonumber(ARGV[7])
if who and who ~= ARGV[2] then
  touch()
  return there()
end
if not who and known > 0 and generation >= known then return none() end
if get('id') == ARGV[3] then
  redis.call('HSET', KEYS[1], 'who', ARGV[4])
  redis.call('HINCRBY', KEYS[1], 'revision', 1)
else
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'id', ARGV[3], 'who', ARGV[4], 'epoch', ARGV[5], 'revision', 1, 'score', ARGV[6],
    'generation', math.max(generation + 1, known))
  put(9, #ARGV)
end
redis.call('PEXPIRE', KEYS[1], math.max(1, ARGV[1] - ARGV[8]))
return there()
`);

/** ARGV: id, by how much the score changes, how many cookies are set, those, and the fields of those that are gone. */
export const save = session(`
local id = get('id')
if not id then return none() end
if id ~= ARGV[2] then return there() end
local last = 4 + 2 * ARGV[4]
put(5, last)
for at = last + 1, #ARGV do redis.call('HDEL', KEYS[1], ARGV[at]) end
local revision = #ARGV > 4 and redis.call('HINCRBY', KEYS[1], 'revision', 1) or get('revision')
local score = math.max(${lowestScore}, math.min(${highestScore}, get('score') + ARGV[3]))
redis.call('HSET', KEYS[1], 'score', score)
touch()
return { 'saved', tonumber(revision), score }
`);

/** ARGV: id, its generation, channel, message. What waits for a turn of his goes on without one. */
export const drop = session(`
local id = get('id')
if id and id ~= ARGV[2] then return 0 end
local generation = math.max(tonumber(get('generation') or 0), tonumber(ARGV[3]))
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'generation', generation)
touch()
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
`);

/**
 * ARGV: id, hold, token, lease, for how long was waited. For a turn it is whoever has waited for longest; one who waits and has
 * not asked for three seconds is gone. For a person there is no waiting.
 */
export const take = session(`
if get('id') ~= ARGV[2] then return -1 end
local name, token, lease, since = ARGV[3], ARGV[4], tonumber(ARGV[5]), now - tonumber(ARGV[6])
local holder, till = held(name)
local free = holder == '' or holder == token
if name == 'hand' then
  if free then hold(name, token, lease) end
  return free and 0 or till - now
end
local queue, first = {}, true
for _, each in ipairs(cjson.decode(get('queue') or '[]')) do
  if each[1] ~= token and each[3] > now - 3000 then
    queue[#queue + 1] = each
    if each[2] < since then first = false end
  end
end
local granted = free and (first or holder == token)
if granted then hold(name, token, lease) else queue[#queue + 1] = { token, since, now } end
if #queue > 0 then redis.call('HSET', KEYS[1], 'queue', cjson.encode(queue)) else redis.call('HDEL', KEYS[1], 'queue') end
touch()
if granted then return 0 end
return free and 500 or math.max(1, till - now)
`);

/** ARGV: id, hold, token, lease. */
export const renew = session(`
local holder = held(ARGV[3])
if get('id') ~= ARGV[2] or (holder ~= '' and holder ~= ARGV[4]) then return 0 end
hold(ARGV[3], ARGV[4], tonumber(ARGV[5]))
touch()
return 1
`);

/** ARGV: id, hold, token, channel, message. */
export const release = session(`
if get('id') ~= ARGV[2] then return 0 end
if held(ARGV[3]) == ARGV[4] then redis.call('HDEL', KEYS[1], ARGV[3]) end
local queue, others = cjson.decode(get('queue') or '[]'), {}
for _, each in ipairs(queue) do if each[1] ~= ARGV[4] then others[#others + 1] = each end end
if #others == 0 then redis.call('HDEL', KEYS[1], 'queue')
elseif #others < #queue then redis.call('HSET', KEYS[1], 'queue', cjson.encode(others)) end
if #others > 0 then redis.call('PUBLISH', ARGV[5], ARGV[6]) end
return 1
`);

function session(source: string): Script {
  return script(begin + source);
}
