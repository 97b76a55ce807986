// What is shipped for operators speaks of what there is: metrics, variables and flags by their real names.
import { readFileSync } from 'node:fs';
import { createPageGateway } from '@errand/page-gateway';
import { expect, test } from 'vitest';
import { typed } from './support/command.js';
import { temporaryFolder } from './support/folder.js';

const shipped = (name: string) => readFileSync(new URL(`../deploy/${name}`, import.meta.url), 'utf8');

test('every metric of the Grafana dashboard is one that the service has, and none is left out', async () => {
  await using gateway = await createPageGateway({
    ...{ port: 0, data: temporaryFolder(), chromium: 'off', logLevel: 'silent' },
  });
  const had = await (await fetch(`${gateway.url}/metrics`)).text();
  const names = new Set([...had.matchAll(/^# TYPE (page_gateway_\w+)/gm)].map(([, name]) => name));
  const shown = [...shipped('grafana.json').matchAll(/page_gateway_\w+/g)].map(([name]) =>
    name.replace(/_bucket$/, ''),
  );
  expect(new Set(shown)).toEqual(names);
});

test('every variable is that of a flag, and the commands that are told of are understood', async () => {
  const { out } = await typed(['serve', '--help']);
  const files = ['Dockerfile', 'compose.yaml', 'page-gateway.service'].map(shipped).join('\n');
  const variables = new Set([...files.matchAll(/PAGE_GATEWAY_[A-Z_]+/g)].map(([name]) => name));
  expect(variables.size).toBeGreaterThan(3);
  for (const name of variables) expect(out).toContain(name);
  const made = await typed(['keys', 'add', 'me', '--scope', 'admin', '--data', temporaryFolder()]);
  expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^pgk_\S+\n$/)]);
});
