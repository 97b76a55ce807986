// OpenTelemetry: client spans, metrics and trace context by the semantic conventions for HTTP, and nothing without an SDK.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import {
  type Context,
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { isTracingSuppressed, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Session } from 'errand';
import { scriptedWeb } from 'errand/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { serve } from './support/server.js';

const spans = new InMemorySpanExporter();
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
const meters = new MeterProvider({ readers: [reader] });
const storage = new AsyncLocalStorage<Context>();

function register(): void {
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...args) => storage.run(active, () => run.apply(self as never, args)),
    bind: (_, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
}

function unregister(): void {
  for (const api of [trace, metrics, propagation, context]) api.disable();
}

beforeEach(() => spans.reset());
afterAll(async () => {
  unregister();
  await meters.shutdown();
  await tracers.shutdown();
});

const url = 'https://api.example/users?token=hidden';

test('without an SDK there is nothing: no field on the wire, no span', async () => {
  const web = scriptedWeb();
  web.get(url, 200);
  await using session = web.session();
  await session.get(url);
  expect(web.calls[0]?.headers.has('traceparent')).toBe(false);
});

test('one client span for each request sent, below the caller’s span, with the trace context on the wire', async () => {
  register();
  const web = scriptedWeb();
  web.get(url, [503, { status: 302, headers: { location: 'https://api.example:8443/there' } }]);
  web.get('https://api.example:8443/there', { json: 1 });
  await using session = web.session({
    retry: { backoff: { base: 1, max: 1 } },
    guard: { ports: [443, 8443] },
    limits: { '*': { concurrency: 1 } },
  });
  const parent = trace.getTracer('test').startSpan('command');
  const within = trace.setSpan(context.active(), parent);
  // The second waits for the first one's slot: its spans are below its own caller all the same.
  const busy = session.get(url);
  await context.with(within, () => session.get('https://api.example:8443/there'));
  await busy;
  const [first, ...rest] = spans.getFinishedSpans();
  expect(first?.kind).toBe(SpanKind.CLIENT);
  expect(first?.name).toBe('GET');
  expect(first?.attributes).toEqual({
    'http.request.method': 'GET',
    'url.full': 'https://api.example/users?token=***',
    'server.address': 'api.example',
    'server.port': 443,
    'http.response.status_code': 503,
    'error.type': '503',
  });
  expect(first?.status).toEqual({ code: SpanStatusCode.ERROR });
  const own = rest.filter((span) => span.parentSpanContext?.spanId === parent.spanContext().spanId);
  expect(own.map(({ attributes }) => attributes['server.port'])).toEqual([8443]);
  const resent = rest.filter((span) => span.attributes['http.request.resend_count'] !== undefined);
  expect(resent.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([1, 2]);
  expect(resent.every(({ status }) => status.code === SpanStatusCode.UNSET)).toBe(true);
  const contexts = new Set(spans.getFinishedSpans().map((span) => span.spanContext().spanId));
  expect(web.calls.length).toBe(4);
  for (const { headers } of web.calls)
    expect(contexts.has(headers.get('traceparent')?.split('-')[2] as string)).toBe(true);
  parent.end();
});

test('failures, unusual methods, the peer, streams, and a caller’s own context', async () => {
  register();
  let held: ServerResponse | undefined;
  await using server = await serve((request, response) => {
    if (request.url === '/close') request.socket.destroy();
    else if (request.url === '/held') {
      response.write('begin');
      held = response;
    } else response.end('body');
  });
  await using session = new Session({ guard: false, retry: false });
  await session.request('PURGE', server.url, { headers: { traceparent: 'own' } });
  expect(server.requests[0]?.headers.traceparent).toBe('own');
  await expect(session.get(`${server.url}/close`)).rejects.toThrow();
  const stream = await session.stream(`${server.url}/held`);
  expect(spans.getFinishedSpans().length).toBe(2);
  held?.end();
  for await (const _ of stream);
  const [purge, failed, streamed] = spans.getFinishedSpans();
  expect(purge?.name).toBe('HTTP');
  expect(purge?.attributes).toMatchObject({
    'http.request.method': '_OTHER',
    'http.request.method_original': 'PURGE',
    'network.peer.address': '127.0.0.1',
    'network.peer.port': server.port,
    'network.protocol.version': '1.1',
  });
  expect(failed?.attributes['error.type']).toBe('ERRAND_DISCONNECTED');
  expect(failed?.status.code).toBe(SpanStatusCode.ERROR);
  expect(streamed?.attributes['http.response.status_code']).toBe(200);
});

test('instrumentation below is told to look away, so that nothing is traced twice', async () => {
  register();
  const seen: boolean[] = [];
  const web = scriptedWeb();
  web.get(url, () => {
    seen.push(isTracingSuppressed(context.active()));
    return 200;
  });
  await using session = web.session();
  await session.get(url);
  expect(seen).toEqual([true]);
  expect(isTracingSuppressed(context.active())).toBe(false);
});

test('metrics: durations in seconds, requests under way, connections', async () => {
  register();
  let answer: () => void = () => undefined;
  await using server = await serve((request, response) => {
    if (request.url === '/slow') answer = () => response.end('late');
    else response.writeHead(404).end();
  });
  const session = new Session({ guard: false, throwHttpErrors: false });
  await session.get(server.url);
  const slow = session.get(`${server.url}/slow`);
  await expect.poll(() => server.requests.length).toBe(2);
  const points = async (name: string) => {
    measured.reset();
    await reader.forceFlush();
    const all = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const metric = all.find(({ descriptor }) => descriptor.name === name);
    const mine = metric?.dataPoints.filter(({ attributes }) => attributes['server.port'] === server.port) ?? [];
    return { unit: metric?.descriptor.unit, points: mine };
  };
  const active = await points('http.client.active_requests');
  expect([active.unit, active.points.map(({ value }) => value)]).toEqual(['{request}', [1]]);
  expect(active.points[0]?.attributes).toEqual({
    'http.request.method': 'GET',
    'server.address': '127.0.0.1',
    'server.port': server.port,
    'url.scheme': 'http',
  });
  const connections = await points('http.client.open_connections');
  const states = connections.points.map(({ attributes, value }) => [attributes['http.connection.state'], value]);
  expect([connections.unit, states]).toEqual([
    '{connection}',
    [
      ['idle', 0],
      ['active', 1],
    ],
  ]);
  answer();
  await slow;
  await session.close();
  const durations = await points('http.client.request.duration');
  expect(durations.unit).toBe('s');
  expect(durations.points.map(({ attributes }) => attributes)).toEqual([
    {
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'url.scheme': 'http',
      'http.response.status_code': 404,
      'network.protocol.version': '1.1',
      'error.type': '404',
    },
    expect.objectContaining({ 'http.response.status_code': 200 }),
  ]);
  expect((await points('http.client.active_requests')).points.map(({ value }) => value)).toEqual([0]);
  unregister();
  await using quiet = new Session({ guard: false, throwHttpErrors: false });
  spans.reset();
  await quiet.get(server.url);
  expect(spans.getFinishedSpans()).toEqual([]);
});
