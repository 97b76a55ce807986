// A solver for `on_captcha=solve`: it hands the captcha to a solving service of yours over HTTP, and brings back the cookies that
// the service earned. It solves nothing itself, and a service that fails is the same as none.
import type { Solver } from '@errand/page-gateway';
import { ErrandError, type Session } from 'errand';
import { z } from 'zod';

const Solved = z.object({ cookies: z.array(z.string().max(4096)).max(20) });

/**
 * @param session Asks the service; it needs to be allowed to.
 * @param service Where captchas are posted to.
 * @example createPageGateway({ solver: solverAt(session, 'http://127.0.0.1:9000/solve') })
 */
export const solverAt = (session: Session, service: string): Solver => ({
  async solve({ url, vendor, evidence, html, userAgent, proxy }, signal) {
    try {
      // What sites clear is bound to the address and the browser that were cleared: the service has to go by the same ones.
      const json = { url, vendor, evidence, html, userAgent, proxy };
      return await session.post(service, { json, signal, timeout: '50s', retry: false }).json(Solved);
    } catch (error) {
      if (error instanceof ErrandError) return undefined;
      throw error;
    }
  },
});
