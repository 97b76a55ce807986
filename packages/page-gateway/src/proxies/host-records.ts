// What became of the tries at each host, for the operator's eyes; the hosts that were asked longest ago are forgotten.

export interface HostRecord {
  requests: number;
  ok: number;
  blocked: number;
}

const maxHosts = 5_000;

export class HostRecords {
  readonly #hosts = new Map<string, HostRecord>();

  add(host: string, outcome: 'ok' | 'blocked' | 'other'): void {
    const record = this.#hosts.get(host) ?? { requests: 0, ok: 0, blocked: 0 };
    record.requests++;
    if (outcome !== 'other') record[outcome]++;
    this.#hosts.delete(host);
    this.#hosts.set(host, record);
    if (this.#hosts.size > maxHosts) this.#hosts.delete(this.#hosts.keys().next().value as string);
  }

  /** The host that was asked last first. */
  list(): Array<readonly [host: string, record: Readonly<HostRecord>]> {
    return [...this.#hosts].reverse();
  }
}
