// Packages that a program may have or not, loaded when they are first needed.
// Whole, because programs that are bundled as ES modules declare a createRequire of their own.
import * as nodeModule from 'node:module';
import { join } from 'node:path';

/**
 * The package, as this module, or the program's own folder where it was bundled into CommonJS, finds it.
 * @throws what Node throws where there is none.
 */
export function requireOptional<T>(name: string): T {
  const from: string | undefined = import.meta.url;
  return nodeModule.createRequire(from ?? join(process.cwd(), 'package.json'))(name) as T;
}
