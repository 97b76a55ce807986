// Necord (NestJS): the session is a provider, the commands are handled by a module that stops them, before Necord
// destroys the client, when Nest shuts down.
import 'reflect-metadata';
import { type Command, handleCommands, registerCommands } from '@errand/discord';
import { type BeforeApplicationShutdown, type DynamicModule, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import { Client, GatewayIntentBits } from 'discord.js';
import { Session, type SessionOptions } from 'errand';
import { NecordModule } from 'necord';
import { commandsFor } from './commands.js';
import type { Settings, Stop } from './settings.js';

const handling = Symbol('handling');

/** The session and the commands, for any Nest application with Necord. */
class ErrandModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #module: ModuleRef;

  constructor(module: ModuleRef) {
    this.#module = module;
  }

  static forRoot(options: SessionOptions | undefined, commands: Command[]): DynamicModule {
    return {
      module: ErrandModule,
      global: true,
      providers: [
        { provide: Session, useFactory: () => new Session(options) },
        {
          provide: handling,
          inject: [Client, Session],
          useFactory: (client: Client, session: Session) => {
            const log = new Logger('commands');
            client.once(
              'clientReady',
              () => void registerCommands(client, commands).catch((error) => log.error(error)),
            );
            return handleCommands(client, { session, commands });
          },
        },
      ],
      exports: [Session],
    };
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#module.get<() => Promise<void>>(handling)();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#module.get(Session).close();
  }
}
// What `@Inject(ModuleRef)` and `emitDecoratorMetadata` do in a project with decorators.
Reflect.defineMetadata('design:paramtypes', [ModuleRef], ErrandModule);

class AppModule {}

export async function start({ token, site, session, rest }: Settings): Promise<Stop> {
  const app = await NestFactory.createApplicationContext(
    {
      module: AppModule,
      imports: [
        NecordModule.forRoot({
          token,
          intents: [GatewayIntentBits.Guilds],
          allowedMentions: { parse: [] },
          rest: { timeout: 5_000, retries: 1, ...rest },
          // registerCommands() does it, and leaves what has not changed alone.
          skipRegistration: true,
        }),
        ErrandModule.forRoot(session, commandsFor(site)),
      ],
    },
    { logger: ['error', 'warn'] },
  );
  app.enableShutdownHooks();
  await app.init();
  return () => app.close();
}
