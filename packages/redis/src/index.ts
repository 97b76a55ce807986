// The front door of `@errand/redis`.
export type { RedisClient } from './link.js';
export { type RedisState, type RedisStateOptions, redisState } from './redis-state.js';
