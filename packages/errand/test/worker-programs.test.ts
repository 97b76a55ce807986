// Programs of users, bundled in every way they are, as processes of their own: large bodies are read in workers, and the
// process ends by itself.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Format } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerModule } from '../scripts/bundle-worker.mjs';

const source = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const run = promisify(execFile);
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'errand-programs-'));
});
afterAll(() => rm(directory, { recursive: true }));

const body = `
  const { createServer } = await import('node:http');
  const items = Array.from({ length: 20_000 }, (_, id) => ({ id, name: 'item ' + id }));
  const server = createServer((request, response) => {
    const html = request.url === '/page';
    response.setHeader('content-type', html ? 'text/html' : 'application/json');
    response.end(html ? '<title>A page</title>' + '<p>text'.repeat(10_000) : JSON.stringify({ items }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = 'http://127.0.0.1:' + server.address().port;
  const session = new Session({ guard: false });
  const [name] = await session.get(origin + '/items').select('$.items[19999].name');
  const { title } = await session.get(origin + '/page').extract({ title: 'title' });
  console.log(JSON.stringify({ name, title, offloaded: session.stats().offloaded }));
  server.close();
  server.closeAllConnections();
`;
const main = (ending: string) => `export async function main(Session) { ${body} ${ending} }`;

async function bundle(name: string, contents: string, format: Format): Promise<string> {
  const outfile = join(directory, name);
  await build({
    stdin: { contents, resolveDir: directory },
    alias: { errand: source },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    outfile,
    logLevel: 'error',
    // What Node packages in CommonJS need inside an ES module; see docs/bundling.md.
    banner:
      format === 'esm'
        ? { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
        : {},
    plugins: [
      {
        name: 'worker',
        setup({ onLoad }) {
          onLoad({ filter: /worker-bundled\.ts$/ }, async () => ({ contents: await workerModule(), loader: 'js' }));
        },
      },
    ],
  });
  return outfile;
}

async function outputOf(file: string): Promise<unknown> {
  const { stdout, stderr } = await run(process.execPath, [file], { timeout: 15_000 });
  expect(stderr.replace(/^.*(?:ExperimentalWarning|--trace-warnings).*\n?/gm, '')).toBe('');
  return JSON.parse(stdout);
}
const expected = { name: 'item 19999', title: 'A page', offloaded: 2 };

describe('a program bundled into one file', () => {
  it.concurrent('as an ES module, which closes its session', async () => {
    const file = await bundle(
      'closed.mjs',
      `import { Session } from 'errand'; ${main('await session.close();')} await main(Session);`,
      'esm',
    );
    expect(await outputOf(file)).toEqual(expected);
  });

  it.concurrent('as an ES module, which forgets to', async () => {
    const file = await bundle(
      'forgotten.mjs',
      `import { Session } from 'errand'; ${main('')} await main(Session);`,
      'esm',
    );
    expect(await outputOf(file)).toEqual(expected);
  });

  it.concurrent('as CommonJS', async () => {
    const file = await bundle(
      'program.cjs',
      `import { Session } from 'errand'; ${main('await session.close();')} main(Session);`,
      'cjs',
    );
    expect(await outputOf(file)).toEqual(expected);
  });
});

it.concurrent('a CommonJS program takes the package with import()', async () => {
  await bundle('library.mjs', "export * from 'errand';", 'esm');
  const file = join(directory, 'user.cjs');
  await writeFile(
    file,
    `${main('await session.close();').replace('export ', '')}; import('./library.mjs').then(({ Session }) => main(Session));`,
  );
  expect(await outputOf(file)).toEqual(expected);
});
