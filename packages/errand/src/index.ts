// The front door of `errand`.
export * from './errors.js';
