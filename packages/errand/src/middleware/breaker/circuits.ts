// The circuits of all hosts that have been asked of late.
import { IdleMap } from '../../kit/idle-map.js';
import { Circuit, type CircuitState } from './circuit.js';
import type { BreakerSettings } from './options.js';

export class Circuits {
  readonly #circuits: IdleMap<Circuit>;

  constructor(settings: BreakerSettings, make: (host: string) => Circuit = () => new Circuit(settings)) {
    this.#circuits = new IdleMap(make);
  }

  /** `host` is `host:port`. */
  of(host: string, now: number): Circuit {
    return this.#circuits.of(host, now);
  }

  /** The circuit of a host that has been asked of late. */
  known(host: string): Circuit | undefined {
    return this.#circuits.peek(host);
  }

  /** A host that nothing is known of is as good as any. */
  state(host: string, now: number): CircuitState {
    return this.#circuits.peek(host)?.state(now) ?? 'closed';
  }

  /** Lets go of what others have a part in. */
  close(): void {}
}
