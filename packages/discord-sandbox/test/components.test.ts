import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  Events,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
} from 'discord.js';
import { describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { startBot } from './bots.js';
import { RawGateway, received, rest } from './raw.js';

const button = (id: string) => new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Primary);
const row = (...buttons: ButtonBuilder[]) => new ActionRowBuilder<ButtonBuilder>().addComponents(buttons);

/** A bot that shows these components for /show and does this with what users do to them. */
async function showing(sandbox: Sandbox, message: object, handle: (interaction: Interaction) => unknown) {
  const bot = await startBot(sandbox, { show: (interaction) => interaction.reply(message) });
  bot.client.on(Events.InteractionCreate, (interaction) => {
    if (!interaction.isChatInputCommand())
      void Promise.resolve(handle(interaction)).catch((error) => bot.errors.push(error));
  });
  return bot;
}

describe('buttons', () => {
  test('a click can be answered with a message of its own', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await showing(
      sandbox,
      { content: 'Menu', components: [row(button('go'))] },
      async (interaction) => {
        if (interaction.isButton())
          await interaction.reply({
            content: `${interaction.user.username}: ${interaction.customId}`,
            flags: MessageFlags.Ephemeral,
          });
      },
    );
    const shown = await sandbox.slash('show');
    expect(shown.components).toMatchObject([
      { type: 1, components: [{ type: 2, custom_id: 'go', label: 'go', style: 1 }] },
    ]);
    const clicked = await sandbox.click(shown.messageId, 'go', { user: 'grace' });
    expect(clicked).toMatchObject({ content: 'grace: go', ephemeral: true });
    expect(bot.errors).toEqual([]);
  });

  test('a click can change the message', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await showing(
      sandbox,
      { content: '0', components: [row(button('more'))] },
      async (interaction) => {
        if (interaction.isButton()) await interaction.update(`${Number(interaction.message.content) + 1}`);
      },
    );
    const { messageId } = await sandbox.slash('show');
    await sandbox.click(messageId, 'more');
    expect(await sandbox.click(messageId, 'more')).toMatchObject({ content: '2', messageId, deferred: false });
    expect(sandbox.messages()).toHaveLength(1);
    expect(bot.errors).toEqual([]);
  });

  test('a deferred update resolves when the message is edited', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await showing(
      sandbox,
      { content: 'before', components: [row(button('go'))] },
      async (interaction) => {
        if (!interaction.isButton()) return;
        await interaction.deferUpdate();
        await interaction.editReply('after');
      },
    );
    const { messageId } = await sandbox.slash('show');
    expect(await sandbox.click(messageId, 'go')).toMatchObject({ content: 'after', messageId, deferred: true });
    expect(bot.errors).toEqual([]);
  });

  test('what is not there, disabled, or not to be seen cannot be pressed', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using _ = await showing(
      sandbox,
      { content: 'x', flags: MessageFlags.Ephemeral, components: [row(button('off').setDisabled(true), button('on'))] },
      (interaction) => interaction.isButton() && interaction.reply('pressed'),
    );
    const { messageId } = await sandbox.slash('show', {}, { user: 'ada' });
    expect((await sandbox.click(messageId, 'gone')).error?.message).toContain('no component "gone"');
    expect((await sandbox.click(messageId, 'off')).error?.message).toContain('disabled');
    expect((await sandbox.click(messageId, 'on', { user: 'grace' })).error).toMatchObject({ code: 10008 });
    expect((await sandbox.click('1', 'on')).error).toMatchObject({ code: 10008 });
    expect(await sandbox.click(messageId, 'on')).toMatchObject({ content: 'pressed' });
  });
});

describe('select menus', () => {
  test('of texts: within the options and their number', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const menu = new StringSelectMenuBuilder()
      .setCustomId('colours')
      .setMinValues(1)
      .setMaxValues(2)
      .addOptions(['red', 'green', 'blue'].map((value) => ({ label: value.toUpperCase(), value })));
    const components = [new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu)];
    await using bot = await showing(sandbox, { content: 'Pick', components }, (interaction) =>
      interaction.isStringSelectMenu()
        ? interaction.update({ content: interaction.values.join(), components: [] })
        : undefined,
    );
    const { messageId } = await sandbox.slash('show');
    expect((await sandbox.select(messageId, 'colours', ['pink'])).error?.message).toContain(
      '"pink" is not one of: red, green, blue',
    );
    expect((await sandbox.select(messageId, 'colours', [])).error?.message).toContain('choose 1 to 2');
    expect((await sandbox.select(messageId, 'colours', ['red', 'green', 'blue'])).error?.message).toContain(
      'choose 1 to 2',
    );
    expect(await sandbox.select(messageId, 'colours', ['red', 'BLUE'])).toMatchObject({
      content: 'red,blue',
      components: [],
    });
    expect(bot.errors).toEqual([]);
  });

  test('of users: resolved', async () => {
    await using sandbox = await startSandbox({ playground: false });
    const menu = new UserSelectMenuBuilder().setCustomId('who').setMaxValues(3);
    const components = [new ActionRowBuilder<UserSelectMenuBuilder>().addComponents(menu)];
    await using bot = await showing(sandbox, { content: 'Who?', components }, (interaction) =>
      interaction.isUserSelectMenu()
        ? interaction.reply(interaction.users.map((user) => user.username).join())
        : undefined,
    );
    const { messageId } = await sandbox.slash('show');
    expect((await sandbox.select(messageId, 'who', ['ada', 'grace'])).content).toBe('ada,grace');
    expect(bot.errors).toEqual([]);
  });
});

describe('modals', () => {
  const field = (id: string) => new TextInputBuilder().setCustomId(id).setStyle(TextInputStyle.Short).setMaxLength(10);
  const form = new ModalBuilder()
    .setCustomId('order')
    .setTitle('Order')
    .addLabelComponents(
      new LabelBuilder().setLabel('What').setTextInputComponent(field('what')),
      new LabelBuilder()
        .setLabel('Size')
        .setStringSelectMenuComponent(
          new StringSelectMenuBuilder()
            .setCustomId('size')
            .addOptions({ label: 'Small', value: 's' }, { label: 'Large', value: 'l' }),
        ),
    );

  async function ordering(sandbox: Sandbox) {
    const bot = await startBot(sandbox, { order: (interaction) => interaction.showModal(form) });
    bot.client.on(Events.InteractionCreate, (interaction) => {
      if (!interaction.isModalSubmit()) return;
      const { fields } = interaction;
      interaction
        .reply(`${fields.getTextInputValue('what')} ${fields.getStringSelectValues('size')}`)
        .catch((error) => bot.errors.push(error));
    });
    return bot;
  }

  test('a command can open a form, and the form be sent', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await ordering(sandbox);
    const opened = await sandbox.slash('order');
    expect(opened.modal).toMatchObject({ custom_id: 'order', title: 'Order' });
    expect(sandbox.messages()).toEqual([]);
    const sent = await sandbox.submitModal(opened.interactionId, { what: 'tea', size: ['Large'] });
    expect(bot.errors).toEqual([]);
    expect(sent).toMatchObject({ content: 'tea l' });
  });

  test('a form with mistakes is not sent', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using _ = await ordering(sandbox);
    const { interactionId: id } = await sandbox.slash('order');
    const message = async (fields: Record<string, string | string[]>) =>
      (await sandbox.submitModal(id, fields)).error?.message;
    expect(await message({ size: ['s'] })).toContain('what: this field is required');
    expect(await message({ what: 'x'.repeat(11), size: ['s'] })).toContain('between 0 and 10');
    expect(await message({ what: 'x', size: ['huge'] })).toContain('"huge" is not one of: s, l');
    expect(await message({ what: 'x', size: ['s'], colour: 'red' })).toContain('no field "colour"; it has: what, size');
    expect((await sandbox.submitModal('1', {})).error?.message).toContain('no open form');
  });

  test('a form opened by a button may change its message', async () => {
    await using sandbox = await startSandbox({ playground: false });
    await using bot = await showing(
      sandbox,
      { content: 'Name?', components: [row(button('name'))] },
      async (interaction) => {
        if (interaction.isButton()) await interaction.showModal(form);
        if (interaction.isModalSubmit() && interaction.isFromMessage()) {
          await interaction.update(interaction.fields.getTextInputValue('what'));
        }
      },
    );
    const { messageId } = await sandbox.slash('show');
    const opened = await sandbox.click(messageId, 'name');
    expect(await sandbox.submitModal(opened.interactionId, { what: 'Ada', size: ['s'] })).toMatchObject({
      content: 'Ada',
      messageId,
    });
    expect(bot.errors).toEqual([]);
  });
});

test('the new layout components', async () => {
  await using sandbox = await startSandbox({ playground: false });
  const container = new ContainerBuilder()
    .setAccentColor(0x336699)
    .addTextDisplayComponents(new TextDisplayBuilder().setContent('# Hello'))
    .addActionRowComponents(row(button('go')));
  await using bot = await showing(
    sandbox,
    { components: [container], flags: MessageFlags.IsComponentsV2 },
    (interaction) => (interaction.isButton() ? interaction.reply('went') : undefined),
  );
  const shown = await sandbox.slash('show');
  expect(bot.errors).toEqual([]);
  expect(shown.components).toMatchObject([
    { type: 17, accent_color: 0x336699, components: [{ type: 10, content: '# Hello' }, { type: 1 }] },
  ]);
  expect((await sandbox.click(shown.messageId, 'go')).content).toBe('went');
});

describe('what Discord does not take', () => {
  const plain = (more: object = {}) => ({ type: 2, style: 1, label: 'l', custom_id: 'c', ...more });
  const select = (more: object = {}) => ({ type: 3, custom_id: 's', options: [{ label: 'a', value: 'a' }], ...more });
  const rows = (...components: object[]) => ({ content: 'x', components: [{ type: 1, components }] });
  test.each<[what: string, body: object, path: string, code: string]>([
    [
      'six buttons in a row',
      rows(...Array.from({ length: 6 }, (_, index) => plain({ custom_id: `${index}` }))),
      'components.0.components',
      'BASE_TYPE_BAD_LENGTH',
    ],
    ['an empty row', rows(), 'components.0.components', 'BASE_TYPE_BAD_LENGTH'],
    [
      'six rows',
      {
        content: 'x',
        components: Array.from({ length: 6 }, (_, index) => ({
          type: 1,
          components: [plain({ custom_id: `${index}` })],
        })),
      },
      'components',
      'BASE_TYPE_MAX_LENGTH',
    ],
    [
      'one custom id twice',
      rows(plain(), plain()),
      'components.0.components.1.custom_id',
      'COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a long custom id',
      rows(plain({ custom_id: 'x'.repeat(101) })),
      'components.0.components.0.custom_id',
      'BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a button that says nothing',
      rows(plain({ label: undefined })),
      'components.0.components.0',
      'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED',
    ],
    ['a long label', rows(plain({ label: 'x'.repeat(81) })), 'components.0.components.0.label', 'BASE_TYPE_MAX_LENGTH'],
    [
      'a link without address',
      rows({ type: 2, style: 5, label: 'l' }),
      'components.0.components.0.url',
      'BASE_TYPE_REQUIRED',
    ],
    [
      'a link with a custom id',
      rows(plain({ style: 5, url: 'https://x.example' })),
      'components.0.components.0',
      'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
    ],
    [
      'a javascript: link',
      rows({ type: 2, style: 5, label: 'l', url: 'javascript://alert' }),
      'components.0.components.0.url',
      'URL_TYPE_INVALID_SCHEME',
    ],
    ['a style that is none', rows(plain({ style: 9 })), 'components.0.components.0.style', 'BASE_TYPE_CHOICES'],
    [
      'two menus in a row',
      rows(select(), select({ custom_id: 't' })),
      'components.0.components',
      'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
    ],
    [
      'a menu without options',
      rows(select({ options: [] })),
      'components.0.components.0.options',
      'BASE_TYPE_BAD_LENGTH',
    ],
    [
      '26 options',
      rows(select({ options: Array.from({ length: 26 }, (_, index) => ({ label: `${index}`, value: `${index}` })) })),
      'components.0.components.0.options',
      'BASE_TYPE_BAD_LENGTH',
    ],
    ['a button outside a row', { content: 'x', components: [plain()] }, 'components.0.type', 'BASE_TYPE_CHOICES'],
    ['layout without its flag', { components: [{ type: 10, content: 'x' }] }, 'components.0.type', 'BASE_TYPE_CHOICES'],
    [
      'content beside layout',
      { content: 'x', flags: 32768, components: [{ type: 10, content: 'x' }] },
      'content',
      'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    ],
    [
      'a file that did not come',
      { flags: 32768, components: [{ type: 13, file: { url: 'attachment://gone.txt' } }] },
      'components',
      'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
    ],
  ])('%s', async (_, body, path, code) => {
    await using sandbox = await startSandbox({ playground: false });
    const answer = await rest(sandbox, `POST /channels/${sandbox.channelId}/messages`, { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 } });
    const place = path.split('.').reduce((inner, key) => inner?.[key], answer.body.errors);
    expect(place?._errors?.[0]?.code).toBe(code);
  });

  test.each<[what: string, data: object, path: string]>([
    ['no title', { custom_id: 'm', components: [] }, 'title'],
    ['a long title', { custom_id: 'm', title: 'x'.repeat(46), components: [] }, 'title'],
    ['no fields', { custom_id: 'm', title: 't', components: [] }, 'components'],
    [
      'a button in a form',
      { custom_id: 'm', title: 't', components: [{ type: 1, components: [plain()] }] },
      'components.0.components.0.type',
    ],
  ])('a form with %s', async (_, data, path) => {
    await using sandbox = await startSandbox({ playground: false });
    using gateway = await RawGateway.identified(sandbox, 0);
    const { interaction } = await received(sandbox, gateway);
    const answer = await rest(sandbox, `POST /interactions/${interaction.id}/${interaction.token}/callback`, {
      body: { type: 9, data },
      token: null,
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 } });
    const place = ['data', ...path.split('.')].reduce((inner, key) => inner?.[key], answer.body.errors);
    expect(place?._errors).toHaveLength(1);
  });
});
