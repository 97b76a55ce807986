// The front door of `@errand/page-gateway`.
export { type CallOptions, PageGateway, type PageGatewayOptions } from './client/page-gateway.js';
export type { Attempt } from './core/attempt.js';
export { PageGatewayError } from './core/page-gateway-error.js';
export type { Format, OnCaptcha, Robots, ScenarioStep } from './core/page-request.js';
export type { PageResult } from './core/page-result.js';
export { Problem, type ProblemCode } from './core/problem.js';
export type { Envelope } from './formats/envelope.js';
export { createPageGateway, type PageGatewayService, type Started } from './gateway/gateway.js';
export type { PageGatewayServiceOptions } from './gateway/options.js';
export type { Usage } from './keys/keys.js';
export type { Captcha, Solution, Solver } from './ladder/captchas.js';
export type { PageOptions } from './parameters/page-options.js';
