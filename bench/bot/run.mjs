// The figure of a bot under load: interactions at a steady rate on the sandbox, while the hosts behind it stall, fail and
// flood. The bot on Errand, then one written the usual way, each in a process of its own.
//   node bench/bot/run.mjs [--interactions 5000] [--rate 200] [--only ours|usual]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startSandbox } from '@errand/discord-sandbox';

const { values } = parseArgs({
  options: {
    interactions: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '200' },
    only: { type: 'string' },
  },
});
const interactions = Number(values.interactions);
const rate = Number(values.rate);
/** Of every hundred interactions. */
const shares = { good: 66, stall: 16, fail: 16, flood: 2 };
const mix = Object.entries(shares).flatMap(([host, share]) => Array(share).fill(host));
/** Who has no answer this long after the last question has none. */
const patience = 60_000;

const bots = values.only ? [values.only] : ['ours', 'usual'];
const results = {};
for (const bot of bots) results[bot] = await measure(bot);
console.log(`${interactions} interactions, ${rate} a second, of 100 to hosts ${JSON.stringify(shares)}`);
const rows = Object.keys(results[bots[0]]).map((name) => [
  name,
  Object.fromEntries(bots.map((bot) => [bot, results[bot][name]])),
]);
console.table(Object.fromEntries(rows));

async function measure(bot) {
  const upstream = start('upstream', []);
  const [urls] = await once(upstream, 'message');
  const sandbox = await startSandbox({ playground: false, heartbeatInterval: 250 });
  // Discord counts no answers to interactions in the global limit of 50 a second; discord.js does, unless it is told.
  const rest = { ...sandbox.rest, globalRequestsPerSecond: 10_000 };
  const child = start(bot, [JSON.stringify({ token: sandbox.token, rest, urls })]);
  await once(child, 'message');
  for (let guild = 0; guild < 40; guild += 1) await sandbox.slash('look', { host: 'good' }, placeOf(guild));
  child.send('begin');
  const beatsBefore = sandbox.heartbeats().length;
  const pending = await send(sandbox);
  // What comes after the last question is quieter: lateness counts while there is load.
  const { late } = await ask(child);
  const beats = sandbox.heartbeats().slice(beatsBefore);
  const answers = await waitFor(pending);
  const result = { ...ofAnswers(answers), ...ofProcess(beats, late, await ask(child)) };
  child.kill('SIGKILL');
  upstream.kill('SIGKILL');
  await sandbox.close();
  return result;
}

function start(name, args) {
  const child = fork(fileURLToPath(new URL(`${name}.mjs`, import.meta.url)), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

function placeOf(index) {
  return { user: `user-${index % 400}`, guild: `guild-${index % 40}` };
}

async function send(sandbox) {
  const began = performance.now();
  const pending = [];
  while (pending.length < interactions) {
    const due = Math.min(interactions, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
    for (let index = pending.length; index < due; index += 1) {
      const host = mix[(index * 37) % mix.length];
      pending.push(sandbox.slash('look', { host }, placeOf(index)).then((reply) => ({ host, reply })));
    }
    await delay(5);
  }
  return pending;
}

async function waitFor(pending) {
  const enough = new AbortController();
  const late = delay(patience, { reply: { error: { message: 'no answer in a minute' } } }, { signal: enough.signal });
  late.catch(() => {});
  const answers = await Promise.all(pending.map((each) => Promise.race([each, late])));
  enough.abort();
  return answers;
}

/** A bot that died has nothing more to say. */
async function ask(child) {
  if (child.exitCode !== null || child.signalCode !== null) return { late: [] };
  const heard = once(child, 'message');
  child.send('report');
  const [words] = await Promise.race([heard, delay(10_000, [{ late: [] }])]);
  return words;
}

function ofAnswers(answers) {
  const answered = answers.filter(({ reply }) => reply.error === undefined);
  const good = answered.filter(({ host }) => host === 'good');
  const times = (list, name) => list.map(({ reply }) => reply[name]);
  return {
    'not answered': answers.length - answered.length,
    'acknowledged after 2.5 s': times(answered, 'acknowledgedAfter').filter((ms) => ms > 2500).length,
    'acknowledged, p99 ms': percentile(times(answered, 'acknowledgedAfter'), 0.99),
    'answered, p99 ms': percentile(times(answered, 'answeredAfter'), 0.99),
    'good host: answers with content': good.filter(({ reply }) => reply.embeds.length > 0).length,
    'good host: answered, p50 ms': percentile(times(good, 'answeredAfter'), 0.5),
    'good host: answered, p99 ms': percentile(times(good, 'answeredAfter'), 0.99),
  };
}

function ofProcess(beats, late, { memory, cpu }) {
  return {
    'heartbeats under load': beats.length,
    'heartbeats late, p99 ms': percentile(beats, 0.99),
    'timer of 20 ms late, p99 ms': percentile(late, 0.99),
    'timer of 20 ms late, most': percentile(late, 1),
    'memory at most, MB': memory === undefined ? 'died' : Math.round(memory),
    'CPU, s': cpu === undefined ? 'died' : Math.round((cpu.user + cpu.system) / 1e5) / 10,
  };
}

function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 10) / 10;
}
