/** The articles and dictionary entries of the demo web: plain prose for the bot to fetch. It never computes anything. */
export interface Article {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly paragraphs: readonly string[];
}

export const articles: readonly Article[] = [
  {
    slug: 'heartbeat',
    title: 'A bot’s heartbeat',
    description: 'Why a program that waits for the web should never stand still, and what happens to a bot that does.',
    paragraphs: [
      'A bot keeps a line open to its server and beats on it every forty seconds or so. Miss two beats and the server hangs up.',
      'Waiting for an answer costs nothing: the program is free meanwhile. Reading a large answer all at once is what stops the heart.',
      'So large documents are read elsewhere, in a worker, and only the small answer comes back.',
    ],
  },
  {
    slug: 'queues',
    title: 'The kindness of queues',
    description: 'Eight at a time, everybody in turn: how a busy host is asked politely and nobody is left standing.',
    paragraphs: [
      'A hundred people ask for the same slow page. Sent all at once, the hundred requests make it slower for everyone.',
      'With a queue for each host, eight go out and the others wait. With a lane for each group of people, one noisy group waits behind itself.',
      'A request that is no longer wanted leaves the queue at once, and its place goes to the next.',
    ],
  },
  {
    slug: 'retries',
    title: 'Try again, but not so soon',
    description: 'A second attempt is often all it takes. A hundred second attempts at the same instant are an attack.',
    paragraphs: [
      'Most failures on the way are over in a moment: a server restarts, a connection drops, a balancer looks the other way.',
      'The wait before the next attempt is drawn by lot, grows each time, and never passes what the server asked for.',
      'When a host has been down for a while, the kind thing is to stop asking for a few seconds.',
    ],
  },
  {
    slug: 'lighthouses',
    title: 'Lighthouses of the Gulf of Finland',
    description:
      'Stone towers, tarred roofs and lamps that turn: a short walk along the northern and the southern shore.',
    paragraphs: [
      'Kõpu has burned on its hill since the sixteenth century and is among the oldest lights still in use.',
      'On the other shore Bengtskär stands on a bare rock, fifty-two metres above the sea, the tallest in the Nordic countries.',
      'Today most of them are lit by automatic lamps, and the keepers’ houses take guests.',
    ],
  },
  {
    slug: 'rye-bread',
    title: 'Rye bread in two days',
    description: 'Sourdough, patience and a hot oven: a dark loaf that keeps for a week.',
    paragraphs: [
      'On the first evening stir rye flour, warm water and a spoon of starter, and leave it under a cloth.',
      'The next day add salt, a little malt syrup and more flour, fill the tin, and wait until the dough has risen by half.',
      'An hour in the oven, a night to rest, and butter.',
    ],
  },
];

export const words: Readonly<Record<string, { phonetic: string; senses: ReadonlyArray<[string, string, string?]> }>> = {
  errand: {
    phonetic: '/ˈɛɹənd/',
    senses: [
      ['noun', 'A short journey to do something, often for somebody else.', 'She is out on an errand.'],
      ['noun', 'The purpose of such a journey.'],
    ],
  },
  bot: {
    phonetic: '/bɒt/',
    senses: [['noun', 'A program that acts for a person, in a chat for example.', 'The bot tells us the weather.']],
  },
  fetch: {
    phonetic: '/fɛtʃ/',
    senses: [
      ['verb', 'To go, get and bring back.', 'Fetch me the map from the car.'],
      ['noun', 'The distance over which wind blows across open water.'],
    ],
  },
  queue: {
    phonetic: '/kjuː/',
    senses: [
      ['noun', 'A line of people, or of things, that wait for their turn.', 'The queue went round the corner.'],
      ['verb', 'To wait in such a line.'],
    ],
  },
  patience: {
    phonetic: '/ˈpeɪʃəns/',
    senses: [['noun', 'The ability to wait without complaint.', 'Rye bread takes patience.']],
  },
  lighthouse: {
    phonetic: '/ˈlaɪthaʊs/',
    senses: [['noun', 'A tower with a bright lamp that shows ships the way.', 'The lighthouse blinks twice a minute.']],
  },
  weather: {
    phonetic: '/ˈwɛðə/',
    senses: [
      ['noun', 'The state of the air outside: warm or cold, wet or dry, still or windy.'],
      ['verb', 'To come through something difficult.', 'The little bot weathered the outage.'],
    ],
  },
};
