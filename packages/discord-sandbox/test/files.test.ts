import { AttachmentBuilder, EmbedBuilder } from 'discord.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { parseMultipart } from '../src/rest/multipart.js';
import { startBot } from './bots.js';
import { rest } from './raw.js';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==',
  'base64',
);

describe('a discord.js bot', () => {
  test('sends files, and the user can fetch them', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await startBot(sandbox, {
      report: (interaction) =>
        interaction.reply({
          content: 'Here',
          files: [
            new AttachmentBuilder(Buffer.from('a,b\n1,2\n'), { name: 'report.csv', description: 'Figures' }),
            new AttachmentBuilder(PIXEL, { name: 'dot.png' }),
          ],
        }),
    });
    const reply = await sandbox.slash('report');
    expect(bot.errors).toEqual([]);
    expect(reply.attachments).toMatchObject([
      { filename: 'report.csv', contentType: 'text/csv; charset=utf-8', size: 8 },
      { filename: 'dot.png', contentType: 'image/png', size: PIXEL.length },
    ]);
    const fetched = await fetch(reply.attachments[1]!.url);
    expect(fetched.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await fetched.arrayBuffer()).equals(PIXEL)).toBe(true);
  });

  test('draws a file in an embed; it is then not listed beside it, but the user has it', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await startBot(sandbox, {
      picture: async (interaction) => {
        await interaction.deferReply();
        const message = await interaction.editReply({
          embeds: [new EmbedBuilder().setTitle('Dot').setImage('attachment://dot.png')],
          files: [new AttachmentBuilder(PIXEL, { name: 'dot.png' })],
        });
        if (message.attachments.size > 0) throw new Error('listed twice');
      },
    });
    const reply = await sandbox.slash('picture');
    const url = reply.attachments[0]!.url;
    expect(reply.embeds).toMatchObject([{ image: { url, width: 1, height: 1 } }]);
    await expect.poll(() => bot.errors).toEqual([]);
  });

  test('keeps, drops and adds files by editing', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const file = (name: string) => new AttachmentBuilder(Buffer.from(name), { name });
    await using bot = await startBot(sandbox, {
      edit: async (interaction) => {
        await interaction.reply({ files: [file('a.txt'), file('b.txt')] });
        const sent = await interaction.fetchReply();
        await interaction.editReply({ attachments: [sent.attachments.first()!], files: [file('c.txt')] });
        await interaction.followUp('done');
      },
    });
    await sandbox.slash('edit');
    await expect.poll(() => sandbox.messages().length).toBe(2);
    expect(bot.errors).toEqual([]);
    expect(sandbox.messages()[0]!.attachments.map((attachment) => attachment.filename)).toEqual(['a.txt', 'c.txt']);
  });
});

describe('by hand', () => {
  const upload = (files: Record<string, Blob>, payload: object = {}) => {
    const form = new FormData();
    form.append('payload_json', JSON.stringify(payload));
    for (const [name, file] of Object.entries(files)) form.append(name, file, 'file.bin');
    return form;
  };

  test('a file at the limit is taken, one byte more is 413 40005', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const path = `POST /channels/${sandbox.channelId}/messages`;
    const limit = 10 * 1024 * 1024;
    expect((await rest(sandbox, path, { body: upload({ 'files[0]': new Blob([Buffer.alloc(limit)]) }) })).status).toBe(
      200,
    );
    const tooLarge = await rest(sandbox, path, { body: upload({ 'files[0]': new Blob([Buffer.alloc(limit + 1)]) }) });
    expect(tooLarge).toMatchObject({ status: 413, body: { code: 40005, message: 'Request entity too large' } });
  });

  test('more than 25 MiB in all is 413 40005', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const nine = new Blob([Buffer.alloc(9 * 1024 * 1024)]);
    const body = upload({ 'files[0]': nine, 'files[1]': nine, 'files[2]': nine });
    expect(await rest(sandbox, `POST /channels/${sandbox.channelId}/messages`, { body })).toMatchObject({
      status: 413,
      body: { code: 40005 },
    });
    expect(sandbox.messages()).toEqual([]);
  });

  test('eleven files, and a line for a file that did not come, are refused', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const path = `POST /channels/${sandbox.channelId}/messages`;
    const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`files[${index}]`, new Blob(['x'])]));
    expect((await rest(sandbox, path, { body: upload(eleven) })).body.errors).toHaveProperty('attachments');
    const stray = upload({ 'files[0]': new Blob(['x']) }, { attachments: [{ id: 7 }] });
    expect((await rest(sandbox, path, { body: stray })).body.errors.attachments[0].id._errors[0].code).toBe(
      'ATTACHMENT_NOT_FOUND',
    );
  });

  test('names and descriptions come from the JSON; paths and odd signs do not survive', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const payload = { attachments: [{ id: 0, filename: '../../etc/pass wd<b>.txt', description: 'Words' }] };
    const { body } = await rest(sandbox, `POST /channels/${sandbox.channelId}/messages`, {
      body: upload({ 'files[0]': new Blob(['x']) }, payload),
    });
    expect(body.attachments).toMatchObject([{ filename: 'pass_wdb.txt', description: 'Words', size: 1 }]);
  });

  test('a browser is never given anything to run', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const kinds: Record<string, string> = {
      'page.html': 'text/plain; charset=utf-8',
      'code.js': 'text/plain; charset=utf-8',
      'drawing.svg': 'application/octet-stream',
      'feed.xml': 'text/plain; charset=utf-8',
      'odd.bin': 'application/octet-stream',
    };
    for (const [name, kind] of Object.entries(kinds)) {
      const { url } = sandbox.upload(name, '<script>alert(1)</script>');
      const { headers } = await fetch(url);
      expect(headers.get('content-type'), name).toBe(kind);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
      expect(headers.get('content-security-policy')).toContain('sandbox');
    }
  });

  test('bytes tell what a file is, whatever its name says', async () => {
    await using sandbox = await startSandbox({ playground: false });
    expect(sandbox.upload('page.html', PIXEL)).toMatchObject({ content_type: 'image/png', width: 1, height: 1 });
  });

  test('files go with their message', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const path = `/channels/${sandbox.channelId}/messages`;
    const { body } = await rest(sandbox, `POST ${path}`, { body: upload({ 'files[0]': new Blob(['x']) }) });
    expect((await fetch(body.attachments[0].url)).status).toBe(200);
    await rest(sandbox, `DELETE ${path}/${body.id}`);
    expect((await fetch(body.attachments[0].url)).status).toBe(404);
  });
});

describe('multipart bodies', () => {
  const name = fc.stringMatching(/^[a-z]{1,10}(\[\d\])?$/);
  const part = fc.record({
    name,
    filename: fc.option(fc.string(), { nil: undefined }),
    data: fc.uint8Array({ maxLength: 200 }),
  });

  test('come apart as undici puts them together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const form = new FormData();
        for (const each of parts) {
          if (each.filename === undefined)
            form.append(
              each.name,
              Buffer.from(each.data)
                .toString('latin1')
                .replace(/[^\x20-\x7e]/g, '?'),
            );
          else form.append(each.name, new Blob([Buffer.from(each.data)]), each.filename);
        }
        const request = new Request('http://x.example', { method: 'POST', body: form });
        const boundary = /boundary=(.+)$/.exec(request.headers.get('content-type')!)![1]!;
        const parsed = parseMultipart(Buffer.from(await request.arrayBuffer()), boundary);
        expect(parsed.map((each) => each.name)).toEqual(parts.map((each) => each.name));
        for (const [index, each] of parts.entries()) {
          if (each.filename === undefined) continue;
          expect(parsed[index]!.data.equals(Buffer.from(each.data))).toBe(true);
        }
      }),
    );
  });

  test('broken ones are refused, never half read', () => {
    const whole = Buffer.from('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nhello\r\n--B--\r\n');
    expect(parseMultipart(whole, 'B')).toMatchObject([{ name: 'a', filename: undefined }]);
    for (let end = 0; end < whole.length - 4; end++)
      expect(() => parseMultipart(whole.subarray(0, end), 'B')).toThrow('Invalid Form Body');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => parseMultipart(Buffer.from(bytes), 'B')).toThrow('Invalid Form Body');
      }),
    );
  });
});
