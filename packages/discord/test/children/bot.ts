// A bot in a process of its own, for the tests of signals. It reads from its environment how it behaves, and says on
// stdout what happens.
import { runBot } from '@errand/discord';
import { type RESTOptions, SlashCommandBuilder } from 'discord.js';

const { SANDBOX_REST, SANDBOX_TOKEN, SHUTDOWN, ON_STOP } = process.env;
const rest = JSON.parse(SANDBOX_REST ?? '{}') as Partial<RESTOptions>;

function tell(word: string): void {
  process.stdout.write(`${word}\n`);
}

try {
  const bot = await runBot({
    token: SANDBOX_TOKEN ?? '',
    rest,
    ...(SHUTDOWN ? { shutdown: SHUTDOWN } : {}),
    ...(ON_STOP ? { onStop: () => (ON_STOP === 'hang' ? new Promise(() => {}) : tell('on stop')) } : {}),
    commands: [
      {
        data: new SlashCommandBuilder().setName('wait').setDescription('Waits'),
        async execute() {
          tell('running');
          await new Promise((resolve) => setTimeout(resolve, 400));
          return 'done';
        },
      },
      {
        data: new SlashCommandBuilder().setName('hang').setDescription('Never ends'),
        async execute() {
          tell('running');
          return new Promise(() => {});
        },
      },
    ],
  });
  // Something of the program's own that would keep the process alive.
  setInterval(() => {}, 60_000);
  tell(bot.session.closed ? 'broken' : 'ready');
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
