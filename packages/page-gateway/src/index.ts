// The front door of `@errand/page-gateway`.
export { Problem, type ProblemCode } from './core/problem.js';
