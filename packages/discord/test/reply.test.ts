// From what a command returns to what is sent, and the simpler forms of it.
import { Readable } from 'node:stream';
import { AttachmentBuilder, EmbedBuilder, MessageFlags } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { formsOf, withFilesUpTo } from '../src/forms.js';
import { toMessage } from '../src/reply.js';

const png = Buffer.from('\x89PNG\r\n\x1a\n rest', 'latin1');
const quiet = { parse: [] };

describe('toMessage', () => {
  it('takes text, embeds as data or builders, and payloads; pings nobody', () => {
    expect(toMessage('hello')).toEqual({ content: 'hello', allowedMentions: quiet });
    expect(toMessage({ title: 't' })).toEqual({ embeds: [{ title: 't' }], allowedMentions: quiet });
    expect(toMessage(new EmbedBuilder().setTitle('t'))).toEqual({ embeds: [{ title: 't' }], allowedMentions: quiet });
    expect(toMessage({ content: 'c', embeds: [new EmbedBuilder().setTitle('t')], tts: true })).toEqual({
      content: 'c',
      embeds: [{ title: 't' }],
      tts: true,
      allowedMentions: quiet,
    });
    expect(toMessage({ content: '@here', allowedMentions: { parse: ['everyone'] } }).allowedMentions).toEqual({
      parse: ['everyone'],
    });
  });

  it('understands flags in every way that discord.js does, and ephemeral', () => {
    const ephemeral = MessageFlags.Ephemeral;
    expect(toMessage({ content: 'c', flags: ephemeral }).flags).toBe(ephemeral);
    expect(toMessage({ content: 'c', flags: 'Ephemeral' }).flags).toBe(ephemeral);
    expect(toMessage({ content: 'c', flags: ['Ephemeral', MessageFlags.SuppressEmbeds] }).flags).toBe(ephemeral | 4);
    expect(toMessage({ content: 'c', ephemeral: true })).toEqual({
      content: 'c',
      flags: ephemeral,
      allowedMentions: quiet,
    });
  });

  it('cuts content at 2000 characters', () => {
    expect(toMessage('x'.repeat(3000)).content).toHaveLength(2000);
  });

  it('takes files as bytes only', () => {
    const file = { name: 'a.png', attachment: png, contentType: 'image/png' };
    expect(toMessage({ files: [file] }).files).toEqual([{ name: 'a.png', attachment: png }]);
    const builder = new AttachmentBuilder(png, { name: 'b.png' });
    expect(toMessage({ files: [builder] as never }).files).toEqual([{ name: 'b.png', attachment: png }]);
    expect(toMessage({ files: [new Uint8Array(png)] as never }).files).toEqual([
      { name: 'file-1.png', attachment: png },
    ]);
    expect(toMessage({ files: [{ ...file, name: '../../etc/pass"wd' }] }).files?.[0]?.name).toBe('passwd');
  });

  it.each([
    ['a path', '/etc/hostname'],
    ['a path in a payload', { attachment: '/etc/hostname', name: 'h.txt' }],
    ['a URL', 'https://example.com/a.png'],
    ['a URL object', new URL('file:///etc/hostname')],
    ['a builder of a path', new AttachmentBuilder('/etc/hostname')],
    ['a stream', Readable.from(['x'])],
    ['a stream in a payload', { attachment: Readable.from(['x']), name: 'x' }],
    ['nothing', null],
  ])('refuses %s in files', (_, file) => {
    expect(() => toMessage({ content: 'c', files: [file] as never })).toThrow(
      /files\[0\]: expected .*Buffer.*attachment\(web, url\)/,
    );
  });

  it('refuses what is no reply, and says what was expected', () => {
    expect(() => toMessage({ foo: 1 } as never)).toThrow(/text, an embed or a message payload; got an object with foo/);
    expect(() => toMessage([] as never)).toThrow(/got a Array|got an array/i);
    expect(() => toMessage('')).toThrow(/empty/);
    expect(() => toMessage({ content: '  ', embeds: [] })).toThrow(/empty/);
    expect(() => toMessage({ content: 'c', files: 'x' as never })).toThrow(/files: expected an array/);
    expect(() => toMessage({ files: Array.from({ length: 11 }, () => png) as never })).toThrow(/at most 10/);
  });
});

describe('forms', () => {
  it('get simpler, and end in a sentence', () => {
    const message = toMessage({
      content: 'c',
      embeds: [{ title: 't', description: 'd', url: 'https://x.example', image: { url: 'attachment://a.png' } }],
      files: [{ name: 'a.png', attachment: png, contentType: 'image/png' }],
      components: [{ type: 1, components: [] }],
      flags: MessageFlags.Ephemeral | MessageFlags.SuppressEmbeds,
    });
    const forms = formsOf(message, 'de');
    expect(forms[0]).toBe(message);
    expect(forms[1]?.files).toBeUndefined();
    expect(forms[1]?.embeds?.[0]?.image).toBeUndefined();
    expect(forms[1]?.content).toMatch(/^c\n-# Eine Datei fehlt/);
    expect(forms[2]).toEqual({
      content: 'c',
      embeds: [{ title: 't', description: 'd' }],
      flags: MessageFlags.Ephemeral,
      allowedMentions: quiet,
    });
    expect(forms[3]).toEqual({ content: 'c\n**t**\nd', flags: MessageFlags.Ephemeral, allowedMentions: quiet });
    expect(forms[4]?.content).toMatch(/^Ich habe eine Antwort/);
    expect(forms).toHaveLength(5);
  });

  it('leave out files that are too large, and say so', () => {
    const small = { name: 's.png', attachment: png };
    const large = { name: 'l.png', attachment: Buffer.alloc(100) };
    const message = {
      files: [small, large],
      embeds: [{ image: { url: 'attachment://l.png' }, thumbnail: { url: 'attachment://s.png' } }],
    };
    const fitting = withFilesUpTo(message, 50, 'en');
    expect(fitting.files).toEqual([small]);
    expect(fitting.content).toMatch(/^-# A file was left out/);
    expect(fitting.embeds).toEqual([{ thumbnail: { url: 'attachment://s.png' } }]);
    expect(withFilesUpTo(message, 100, 'en')).toBe(message);
  });
});
