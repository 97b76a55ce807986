// What the playground needs of the sandbox that it shows. It never reaches for anything else.
import type { World } from '../world/world.js';

/** The sandbox's `faults`, as its users know them. */
export interface Faults {
  dropGateway(): void;
  requestReconnect(): void;
  invalidateSession(resumable: boolean): void;
  withholdHeartbeatAcks(on: boolean): void;
  rateLimit(route: string, retryAfter: number, times?: number): void;
  stallCallbacks(ms: number): void;
  failRest(status: number, times?: number): void;
}

export interface PlaygroundSource {
  readonly world: World;
  readonly faults: Faults;
  /** What was handed to the sandbox's `watch`: asked only while a page is open. */
  watched(): Iterable<() => unknown>;
}
