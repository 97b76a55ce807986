// What the playground's test bot answers with: an embed with everything, buttons, menus, a form, and hostile texts.
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  EmbedBuilder,
  LabelBuilder,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';

export const HOSTILE = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
export const CITIES = ['Tallinn', 'Tartu', 'Tokyo', 'Toronto', 'Lisbon'];

/** A red square of 8 × 8. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC',
  'base64',
);

export function panel() {
  const buttons = new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId('again').setLabel('Again').setStyle(ButtonStyle.Primary).setEmoji('🔁'),
    new ButtonBuilder().setCustomId('quiet').setLabel('Never answers').setStyle(ButtonStyle.Danger),
    new ButtonBuilder().setCustomId('rename').setLabel('Rename').setStyle(ButtonStyle.Success),
    new ButtonBuilder().setCustomId('off').setLabel('Off').setStyle(ButtonStyle.Secondary).setDisabled(true),
    new ButtonBuilder().setURL('https://example.com/').setLabel('Website').setStyle(ButtonStyle.Link),
  );
  const one = new StringSelectMenuBuilder()
    .setCustomId('colour')
    .setPlaceholder('Pick a colour')
    .addOptions(
      { label: 'Red', value: 'red', description: 'Like a rose', emoji: '🌹' },
      { label: 'Blue', value: 'blue' },
    );
  const many = new StringSelectMenuBuilder()
    .setCustomId('toppings')
    .setPlaceholder('Pick toppings')
    .setMinValues(1)
    .setMaxValues(3)
    .addOptions(
      { label: 'Cheese', value: 'cheese' },
      { label: 'Olives', value: 'olives' },
      { label: 'Basil', value: 'basil' },
    );
  return [
    buttons,
    new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(one),
    new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(many),
  ];
}

export function form() {
  const name = new TextInputBuilder()
    .setCustomId('name')
    .setStyle(TextInputStyle.Short)
    .setRequired(true)
    .setMaxLength(20);
  const story = new TextInputBuilder().setCustomId('story').setStyle(TextInputStyle.Paragraph).setRequired(false);
  return new ModalBuilder()
    .setCustomId('words')
    .setTitle('A few words')
    .addLabelComponents(
      new LabelBuilder().setLabel('Name').setDescription('As on a letter').setTextInputComponent(name),
      new LabelBuilder().setLabel('Story').setTextInputComponent(story),
    );
}

export function gallery() {
  const description = [
    '# Heading',
    'Some **bold**, *italic*, __underlined__, ~~struck~~, `code` and ||a secret||.',
    '> A quote of [somebody](https://example.com/ "a title")',
    '- one\n- two\n  - two and a half',
    '```js\nconst answer = 42;\n```',
    '<t:0:R> <#1> -# not small',
  ].join('\n');
  const embed = new EmbedBuilder()
    .setColor(0x9b_59_b6)
    .setAuthor({ name: 'An author', url: 'https://example.com/author', iconURL: 'attachment://square.png' })
    .setTitle('A title')
    .setURL('https://example.com/title')
    .setDescription(description)
    .setThumbnail('attachment://square.png')
    .setImage('attachment://square.png')
    .addFields(
      { name: 'Alone', value: 'On a line of its own' },
      { name: 'Left', value: '1', inline: true },
      { name: 'Middle', value: '2', inline: true },
      { name: 'Right', value: '3', inline: true },
      { name: 'Fourth', value: '4', inline: true },
    )
    .setFooter({ text: 'A footer', iconURL: 'attachment://square.png' })
    .setTimestamp();
  return { embeds: [embed], files: [{ name: 'square.png', attachment: PNG }] };
}

export function hostile() {
  const embed = new EmbedBuilder()
    .setAuthor({ name: HOSTILE.slice(0, 256) })
    .setTitle(HOSTILE)
    .setDescription(`${HOSTILE} [click](javascript:window.pwned=1) [data](data:text/html,x) <javascript:alert(1)>`)
    .addFields({ name: HOSTILE, value: HOSTILE })
    .setFooter({ text: HOSTILE });
  const button = new ButtonBuilder()
    .setCustomId('x"><script>')
    .setLabel(HOSTILE.slice(0, 80))
    .setStyle(ButtonStyle.Primary);
  return {
    content: `${HOSTILE} **<b onmouseover="window.pwned=1">bold</b>**`,
    embeds: [embed],
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
    files: [{ name: 'a.html', attachment: Buffer.from('<script>window.pwned=1</script>') }],
  };
}
