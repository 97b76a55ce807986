// An embed that Discord accepts whatever was fetched into it.
import { fitEmbed } from '@errand/discord';
import type { APIEmbed } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitEmbeds } from '../src/embed.js';

/** Discord's own count: the texts of all embeds together. */
function characters(embed: APIEmbed): number {
  const fields = (embed.fields ?? []).reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  return (
    (embed.title?.length ?? 0) +
    (embed.description?.length ?? 0) +
    (embed.author?.name.length ?? 0) +
    (embed.footer?.text.length ?? 0) +
    fields
  );
}

function expectAccepted(embed: APIEmbed): void {
  expect(embed.title?.length ?? 0).toBeLessThanOrEqual(256);
  expect(embed.description?.length ?? 0).toBeLessThanOrEqual(4096);
  expect(embed.author?.name.length ?? 0).toBeLessThanOrEqual(256);
  expect(embed.footer?.text.length ?? 0).toBeLessThanOrEqual(2048);
  expect(embed.fields?.length ?? 0).toBeLessThanOrEqual(25);
  for (const { name, value } of embed.fields ?? []) {
    expect(name.trim()).not.toBe('');
    expect(value.trim()).not.toBe('');
    expect(name.length).toBeLessThanOrEqual(256);
    expect(value.length).toBeLessThanOrEqual(1024);
  }
  expect(characters(embed)).toBeLessThanOrEqual(6000);
  for (const url of [embed.url, embed.author?.url, embed.author?.icon_url, embed.footer?.icon_url]) {
    if (url !== undefined) expect(url).toMatch(/^https?:\/\//);
  }
  // Half a character is an escape in JSON; a backslash of the text itself is two.
  expect(JSON.stringify(embed).replaceAll('\\\\', '')).not.toMatch(/\\ud[89a-f]/);
}

describe('fitEmbed', () => {
  it('leaves an embed alone that Discord accepts as it is', () => {
    const embed: APIEmbed = {
      title: 'Tallinn',
      description: 'Cloudy, 12 °C',
      url: 'https://example.com/weather?city=Tallinn',
      color: 0x5865f2,
      timestamp: '2026-01-02T03:04:05.000Z',
      author: { name: 'Errand', url: 'https://example.com', icon_url: 'https://example.com/icon.png' },
      footer: { text: 'Open-Meteo', icon_url: 'https://example.com/f.png' },
      image: { url: 'https://example.com/a.png' },
      thumbnail: { url: 'attachment://chart.png' },
      fields: [{ name: 'Wind', value: '3 m/s', inline: true }],
    };
    const copy = structuredClone(embed);
    expect(fitEmbed(embed)).toEqual(copy);
    expect(embed).toEqual(copy);
  });

  it('cuts each text at its limit, with an ellipsis', () => {
    const long = 'x'.repeat(5000);
    const embed = fitEmbed({ title: long, author: { name: long } });
    expect(embed.title).toBe(`${'x'.repeat(255)}…`);
    expect(embed.author?.name).toHaveLength(256);
    expect(fitEmbed({ description: long }).description).toHaveLength(4096);
    expect(fitEmbed({ footer: { text: long } }).footer?.text).toHaveLength(2048);
    const [field] = fitEmbed({ fields: [{ name: long, value: long }] }).fields ?? [];
    expect(field?.name).toHaveLength(256);
    expect(field?.value).toHaveLength(1024);
  });

  it('keeps 25 fields and 6000 characters', () => {
    const fields = Array.from({ length: 40 }, (_, i) => ({ name: `field ${i}`, value: 'v'.repeat(1000) }));
    const embed = fitEmbed({ title: 't', description: 'd'.repeat(4096), fields });
    expect(characters(embed)).toBeLessThanOrEqual(6000);
    expect(embed.fields?.[0]).toEqual(fields[0]);
    const short = Array.from({ length: 40 }, (_, i) => ({ name: `${i}`, value: 'v' }));
    expect(fitEmbed({ fields: short }).fields).toEqual(short.slice(0, 25));
  });

  it('shares the 6000 characters among the embeds of a message, and keeps ten', () => {
    const embeds = fitEmbeds(Array.from({ length: 14 }, () => ({ description: 'd'.repeat(700) })));
    expect(embeds).toHaveLength(9);
    expect(embeds.reduce((sum, embed) => sum + characters(embed), 0)).toBeLessThanOrEqual(6000);
    expect(fitEmbeds(Array.from({ length: 14 }, () => ({ description: 'd' })))).toHaveLength(10);
  });

  it('drops what is empty, and keeps a field that is blank on purpose', () => {
    const embed = fitEmbed({
      title: ' ',
      description: 'd',
      author: { name: '' },
      footer: { text: '\n' },
      fields: [
        { name: '', value: 'v' },
        { name: 'n', value: '  ' },
        { name: '\u200b', value: '\u200b' },
      ],
    });
    expect(embed).toEqual({ description: 'd', fields: [{ name: '\u200b', value: '\u200b' }] });
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'ftp://example.com/x', '/path', 'x', ''])(
    'drops the URL %s',
    (url) => {
      const embed = fitEmbed({
        title: 't',
        url,
        image: { url },
        thumbnail: { url },
        author: { name: 'a', url, icon_url: url },
        footer: { text: 'f', icon_url: url },
      });
      expect(embed).toEqual({ title: 't', author: { name: 'a' }, footer: { text: 'f' } });
    },
  );

  it('writes URLs so that Discord can read them, and drops those of more than 2048 characters', () => {
    expect(fitEmbed({ title: 't', url: 'https://example.com/a b/ü' }).url).toBe('https://example.com/a%20b/%C3%BC');
    expect(fitEmbed({ title: 't', url: `https://example.com/${'x'.repeat(2048)}` }).url).toBeUndefined();
  });

  it('is never empty: Discord refuses that', () => {
    expect(fitEmbed({})).toEqual({ description: '\u200b' });
    expect(fitEmbed({ color: 1, fields: [] })).toEqual({ color: 1, description: '\u200b' });
  });

  it('takes fetched data for what it is', () => {
    const fetched = { title: 42, description: null, fields: null, color: 'red', timestamp: 'yesterday', image: null };
    expect(fitEmbed(fetched as never)).toEqual({ title: '42' });
  });

  it('never ends in half a character, and mends broken ones', () => {
    const { title } = fitEmbed({ title: `${'x'.repeat(254)}😀😀` });
    expect(title).toBe(`${'x'.repeat(254)}…`);
    expect(fitEmbed({ title: 'a\ud83d' }).title).toBe('a\ufffd');
    expect(fitEmbed({ title: 'a\u0000b\u0007' }).title).toBe('ab');
  });

  it('gives what Discord accepts for anything', () => {
    const text = fc.oneof(fc.string({ maxLength: 8000, size: 'max' }), fc.constant(null), fc.double(), fc.webUrl());
    const embed = fc.record(
      {
        title: text,
        description: text,
        url: text,
        color: fc.oneof(fc.integer(), fc.string()),
        timestamp: fc.oneof(fc.string(), fc.date({ noInvalidDate: false })),
        author: fc.record({ name: text, url: text, icon_url: text }),
        footer: fc.record({ text, icon_url: text }),
        fields: fc.array(fc.oneof(fc.record({ name: text, value: text, inline: fc.boolean() }), fc.constant(null)), {
          maxLength: 30,
        }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(embed, (given) => {
        const fitted = fitEmbed(given as never);
        expectAccepted(fitted);
        expect(fitEmbed(fitted)).toEqual(fitted);
      }),
      { numRuns: 60 },
    );
  });
});
