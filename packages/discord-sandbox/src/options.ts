/**
 * What a sandbox can be told, and the checks that say at once what is wrong with it.
 */
export interface SandboxOptions {
  /**
   * The port to listen on; 0 takes a free one.
   * @default 0
   * @example startSandbox({ port: 4000 })
   */
  port?: number;
  /**
   * The address to listen on. Anything but a loopback address opens the sandbox to the network: whoever reaches it
   * acts as any user.
   * @default '127.0.0.1'
   * @example startSandbox({ host: '0.0.0.0' }) // in a container
   */
  host?: string;
  /**
   * Whether the playground page is served at `url`.
   * @default true
   * @example startSandbox({ playground: false })
   */
  playground?: boolean;
  /**
   * How often the bot must send a heartbeat, in ms.
   * @default 41_250
   * @example startSandbox({ heartbeatInterval: 500 }) // see a zombie connection within two seconds
   */
  heartbeatInterval?: number;
  /**
   * Whether the privileged intents (members, presences, message content) are switched on for the bot. Off, a bot that
   * asks for one is closed with 4014.
   * @default true
   * @example startSandbox({ privilegedIntents: false })
   */
  privilegedIntents?: boolean;
}

const NAMES = ['port', 'host', 'playground', 'heartbeatInterval', 'privilegedIntents'];

export function settle(options: SandboxOptions): Required<SandboxOptions> {
  const stranger = Object.keys(options).find((name) => !NAMES.includes(name));
  if (stranger !== undefined)
    throw new TypeError(`startSandbox has no option "${stranger}"; it has: ${NAMES.join(', ')}`);
  const {
    port = 0,
    host = '127.0.0.1',
    playground = true,
    heartbeatInterval = 41_250,
    privilegedIntents = true,
  } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`startSandbox: port must be a whole number from 0 to 65535; it is ${port}`);
  }
  if (!Number.isFinite(heartbeatInterval) || heartbeatInterval < 10) {
    throw new RangeError(`startSandbox: heartbeatInterval must be 10 ms or more; it is ${heartbeatInterval}`);
  }
  return { port, host, playground, heartbeatInterval, privilegedIntents };
}
