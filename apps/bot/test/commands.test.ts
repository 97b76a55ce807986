import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startAll } from './start-all.js';

const noon = new Date('2026-03-21T12:00:00Z');
let stage: Stage;

beforeAll(async () => {
  stage = await startAll({ now: () => noon });
});
afterAll(() => stage[Symbol.asyncDispose]());

const fieldsOf = (reply: { embeds: Array<{ fields?: Array<{ name: string; value: string }> }> }) =>
  Object.fromEntries((reply.embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]));

describe('/weather', () => {
  it('shows now and the next days, in the units of the user', async () => {
    const reply = await stage.sandbox.slash('weather', { city: 'Tallinn' }, { locale: 'de', user: 'dieter' });
    expect(reply.error).toBeUndefined();
    expect(reply.ephemeral).toBe(false);
    const [embed] = reply.embeds;
    expect(embed?.title).toBe('Tallinn, Harju, Estonia');
    expect(embed?.description).toMatch(/-?\d+ °C/);
    expect(fieldsOf(reply)['Nächste Tage']?.split('\n')).toHaveLength(3);
    expect(fieldsOf(reply)['Nächste Tage']).toContain('Sonntag');
    const american = await stage.sandbox.slash('weather', { city: 'Tallinn' }, { locale: 'en-US', user: 'sam' });
    expect(american.embeds[0]?.description).toMatch(/-?\d+°F/);
    expect(fieldsOf(american).Wind).toMatch(/mph/);
  });

  it('completes names of places, and knows which of two was picked', async () => {
    const choices = await stage.sandbox.autocomplete('weather', 'city', 'par');
    expect(choices).toEqual([
      { name: 'Paris, Île-de-France, France', value: 'Paris, Île-de-France, France' },
      { name: 'Paris, Texas, United States', value: 'Paris, Texas, United States' },
    ]);
    const reply = await stage.sandbox.slash('weather', { city: 'Paris, Texas, United States' });
    expect(reply.embeds[0]?.title).toBe('Paris, Texas, United States');
  });

  it('says privately that it knows no such place, without pinging anybody', async () => {
    const reply = await stage.sandbox.slash('weather', { city: '**@everyone**' });
    expect(reply.ephemeral).toBe(true);
    expect(reply.content).toBe('I know no place called “\\*\\*@\u200beveryone\\*\\*”.');
  });
});

describe('/page', () => {
  it('shows title, description, picture and links', async () => {
    const url = `${stage.web.origin}/articles/lighthouses`;
    const reply = await stage.sandbox.slash('page', { url });
    const [embed] = reply.embeds;
    expect(embed).toMatchObject({
      title: 'Lighthouses of the Gulf of Finland',
      url,
      image: { url: `${stage.web.origin}/pictures/lighthouses.png` },
      author: { name: 'The demo web' },
    });
    expect(embed?.description).toContain('Stone towers');
    expect(fieldsOf(reply).Links).toContain(`[Rye bread in two days](${stage.web.origin}/articles/rye-bread)`);
  });

  it('reads old charsets and follows redirects', async () => {
    const cafe = await stage.sandbox.slash('page', { url: `${stage.web.origin}/cafe` });
    expect(cafe.embeds[0]?.title).toBe('Café Maïkki');
    const redirected = await stage.sandbox.slash('page', { url: `${stage.web.origin}/redirect/3` });
    expect(redirected.embeds[0]).toMatchObject({ url: `${stage.web.origin}/articles/heartbeat` });
  });

  it('says what it is when it is no page', async () => {
    const reply = await stage.sandbox.slash('page', { url: `${stage.web.origin}/pictures/heartbeat.png` });
    expect(reply).toMatchObject({ ephemeral: true, content: 'That address is not a web page, but image/png.' });
  });
});

describe('/http', () => {
  it('sends method and body, and shows status, headers, phases and body', async () => {
    const url = `${stage.web.origin}/echo`;
    const reply = await stage.sandbox.slash('http', { method: 'PUT', url, body: '{"hello": "```web"}' });
    expect(reply.embeds[0]).toMatchObject({ title: '200 OK', description: expect.stringContaining('PUT ') });
    const fields = fieldsOf(reply);
    expect(fields.Headers).toContain('content-type: application/json');
    expect(fields['Time by phase']).toMatch(/head [\d.]+ ms · body [\d.]+ ms/);
    expect(fields.Body).toContain('"method":"PUT"');
    expect(fields.Body?.match(/```/g)).toHaveLength(2);
  });

  it('shows an error status as the answer that it is', async () => {
    const url = `${stage.web.origin}/status/404`;
    const reply = await stage.sandbox.slash('http', { method: 'GET', url }, { user: 'second' });
    expect(reply).toMatchObject({ ephemeral: false, embeds: [{ title: '404 Not Found' }] });
  });
});

describe('/http with a body that does not end', () => {
  it.each(['/endless', '/big.json'])('shows the beginning of %s and goes', async (path) => {
    const url = `${stage.web.origin}${path}`;
    const reply = await stage.sandbox.slash('http', { method: 'GET', url }, { user: `reader of ${path}` });
    expect(reply.embeds[0]?.title).toBe('200 OK');
    expect(fieldsOf(reply).Body).toMatch(/^```.*\n(and on|\{"items")/);
    expect(stage.bot.session.stats().inFlight).toBe(0);
  });
});

describe('/status', () => {
  it('tells where the time went', async () => {
    const reply = await stage.sandbox.slash('status', { url: `${stage.web.origin}/drip` });
    expect(reply.embeds[0]?.title).toMatch(/^🟢 .* is up$/u);
    expect(reply.deferred).toBe(true);
    expect(fieldsOf(reply)['Time by phase']).toMatch(/body 1\.\d sec/);
  });

  it('shows a failing site as answering with an error', async () => {
    const reply = await stage.sandbox.slash('status', { url: `${stage.web.origin}/failing` });
    expect(reply.embeds[0]?.title).toMatch(/answers, with an error$/);
    expect(reply.embeds[0]?.description).toContain('500');
  });
});

describe('/define', () => {
  it('shows what a word means', async () => {
    const reply = await stage.sandbox.slash('define', { word: 'Errand' });
    expect(reply.embeds[0]?.title).toBe('errand');
    expect(fieldsOf(reply).noun).toContain('1. A short journey to do something');
  });

  it('says privately that there is no entry', async () => {
    const reply = await stage.sandbox.slash('define', { word: 'xyzzy' });
    expect(reply).toMatchObject({ ephemeral: true, content: 'The dictionary has no entry for “xyzzy”.' });
  });
});

describe('/stats', () => {
  it('shows privately what the session did', async () => {
    await stage.sandbox.slash('define', { word: 'bot' });
    const reply = await stage.sandbox.slash('stats');
    expect(reply.ephemeral).toBe(true);
    expect(Number(fieldsOf(reply).Requests)).toBeGreaterThan(0);
    expect(fieldsOf(reply).Hosts).toContain(new URL(stage.web.origin).host);
  });
});
