// What Discord may say to an answer, and what becomes of the answer then; on an interaction that is played by the test.
import { MessageFlags } from 'discord.js';
import { expect, it } from 'vitest';
import { Acknowledgement } from '../src/acknowledgement.js';
import { deliver } from '../src/deliver.js';
import { refusalOf } from '../src/refusal.js';
import type { Message } from '../src/reply.js';
import { Recorder } from './bots.js';

type Call = readonly [way: string, content: unknown];

class Refused extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number) {
    super(`code ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** An interaction whose ways of answering follow a script: an error is thrown, anything else is the result. */
function played(script: Record<string, unknown[]>) {
  const calls: Call[] = [];
  const interaction: Record<string, unknown> = {
    id: '1',
    commandName: 'c',
    locale: 'en-US',
    channelId: null,
    deferred: false,
    replied: false,
    ephemeral: null,
  };
  for (const way of ['reply', 'deferReply', 'editReply', 'followUp', 'deleteReply', 'fetchReply', 'showModal']) {
    interaction[way] = async (options?: { content?: string }) => {
      calls.push([way, options?.content]);
      const next = script[way]?.shift();
      if (next instanceof Error) throw next;
      if (way === 'deferReply') interaction.deferred = true;
      if (way === 'reply' || way === 'editReply' || way === 'followUp') interaction.replied = true;
      return next;
    };
  }
  const log = new Recorder();
  const acknowledgement = new Acknowledgement(interaction as never, { ephemeral: false, deferAfter: 60_000, log });
  const quit = new AbortController();
  const send = (message: Message, secret = false) =>
    deliver(message, secret, {
      interaction: interaction as never,
      acknowledgement,
      until: performance.now() + 60_000,
      quit: quit.signal,
      log,
      facts: { interaction: '1' },
    });
  return { calls, interaction, log, send, quit };
}

const message = { content: 'answer' };

it('finishes with an edit when an earlier try had arrived as a deferral', async () => {
  const on = played({
    reply: [new Refused(400, 40060)],
    fetchReply: [{ content: '', flags: { has: (bit: number) => bit === MessageFlags.Loading } }],
  });
  expect(await on.send(message)).toBe(true);
  expect(on.calls).toEqual([
    ['reply', 'answer'],
    ['fetchReply', undefined],
    ['editReply', 'answer'],
  ]);
});

it('says nothing twice when an earlier try had arrived', async () => {
  const on = played({ reply: [new Refused(400, 40060)], fetchReply: [{ content: 'answer', embeds: [] }] });
  expect(await on.send(message)).toBe(true);
  expect(on.calls.map(([way]) => way)).toEqual(['reply', 'fetchReply']);
});

it('adds to what somebody else has answered, and overwrites nothing', async () => {
  const on = played({ reply: [new Refused(400, 40060)], fetchReply: [{ content: 'theirs', embeds: [] }] });
  expect(await on.send(message)).toBe(true);
  expect(on.calls.at(-1)).toEqual(['followUp', 'answer']);
});

it.each([
  [401, 50027],
  [404, 10015],
  [404, 10062],
  [404, 10008],
])('logs what is lost when the token is gone (%s %s)', async (status, code) => {
  const on = played({ reply: [new Refused(status, code)] });
  expect(await on.send(message)).toBe(false);
  expect(on.calls).toEqual([['reply', 'answer']]);
  expect(on.log.of('error').at(-1)?.message).toMatch(/the answer was lost/);
});

it('goes on with the next form when files are too large for Discord after all', async () => {
  const on = played({ reply: [new Refused(413, 40005)] });
  const files = [{ name: 'a', attachment: Buffer.alloc(1) }];
  expect(await on.send({ ...message, files })).toBe(true);
  expect(on.calls).toEqual([
    ['reply', 'answer'],
    ['reply', expect.stringMatching(/^answer\n-# A file was left out/)],
  ]);
});

it('tries a withdrawn "thinking…" no second time', async () => {
  const on = played({ followUp: [new Refused(500, 0), undefined] });
  on.interaction.deferred = true;
  on.interaction.ephemeral = false;
  expect(await on.send(message, true)).toBe(true);
  expect(on.calls.map(([way]) => way)).toEqual(['deleteReply', 'followUp', 'followUp']);
});

it('gives up trying when there is no more time, and says so', async () => {
  const on = played({ reply: Array.from({ length: 50 }, () => new Refused(503, 0)) });
  const sent = on.send(message);
  setTimeout(() => on.quit.abort(), 300);
  expect(await sent).toBe(false);
  expect(on.log.of('error').at(-1)?.message).toMatch(/could not be reached in time/);
});

it('loses nothing in silence when every form is refused', async () => {
  const on = played({ reply: Array.from({ length: 9 }, () => new Refused(400, 50035)) });
  expect(await on.send(message)).toBe(false);
  expect(on.log.of('error')).toHaveLength(1);
});

it("understands the network's failures and discord.js's own refusals", () => {
  const coded = (error: Error, code: string) => Object.assign(error, { code });
  expect(refusalOf(new DOMException('aborted', 'AbortError'))).toBe('transient');
  expect(refusalOf(coded(new Error('x'), 'ECONNRESET'))).toBe('transient');
  expect(refusalOf(coded(new Error('x'), 'UND_ERR_SOCKET'))).toBe('transient');
  expect(refusalOf(new TypeError('fetch failed', { cause: new Error('x') }))).toBe('transient');
  expect(refusalOf(coded(new TypeError('x'), 'MessageContentType'))).toBe('invalid');
  expect(refusalOf(new TypeError('cannot read'))).toBe('invalid');
  expect(refusalOf(new Refused(403, 50013))).toBe('forbidden');
  expect(refusalOf(new Refused(400, 40094))).toBe('forbidden');
  expect(refusalOf(new Refused(429, 0))).toBe('transient');
  expect(refusalOf(undefined)).toBe('transient');
});
