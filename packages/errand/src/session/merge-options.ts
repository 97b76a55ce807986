// The options of an extended session: its parent's with its own on top, name by name where an option holds several.
import { mergeFields, readHeaders } from '../core/headers.js';
import type { Duration } from '../kit/duration.js';
import type { SessionOptions, TimeoutOptions } from './options.js';

export function mergeOptions(parent: SessionOptions, own: SessionOptions): SessionOptions {
  const merged: SessionOptions = { ...parent };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined) (merged as Record<string, unknown>)[name] = value;
  }
  if (parent.headers !== undefined && own.headers !== undefined) {
    merged.headers = pairs(mergeFields(readHeaders(parent.headers), readHeaders(own.headers)));
  }
  if (parent.timeout !== undefined && own.timeout !== undefined) {
    merged.timeout = { ...timeoutsOf(parent.timeout), ...timeoutsOf(own.timeout) };
  }
  for (const name of ['credentials', 'redirect', 'parse'] as const) {
    const both = [parent[name], own[name]];
    if (both.every((each) => typeof each === 'object' && each !== null)) {
      (merged as Record<string, unknown>)[name] = { ...both[0], ...both[1] };
    }
  }
  if (parent.middleware !== undefined && own.middleware !== undefined) {
    merged.middleware = {
      request: [...(parent.middleware.request ?? []), ...(own.middleware.request ?? [])],
      attempt: [...(parent.middleware.attempt ?? []), ...(own.middleware.attempt ?? [])],
    };
  }
  return merged;
}

function timeoutsOf(option: Duration | TimeoutOptions): TimeoutOptions {
  return typeof option === 'object' ? option : { total: option };
}

function pairs(fields: readonly string[]): Array<[string, string]> {
  const result: Array<[string, string]> = [];
  for (let index = 0; index < fields.length; index += 2)
    result.push([fields[index] as string, fields[index + 1] as string]);
  return result;
}
