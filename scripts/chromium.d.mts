export function findChromium(env?: NodeJS.ProcessEnv): string | undefined;
export function chromiumMissing(env?: NodeJS.ProcessEnv): string;
export function requireChromium(executable: string | undefined, context: { skip(reason: string): unknown }): void;
export function launchOptions(executablePath: string): { executablePath: string; args: string[] };
