/** The demo web's JSON interfaces, in the shapes of Open-Meteo and dictionaryapi.dev, and an echo. No key, no state. */
import { words } from './articles.js';
import { type Exchange, later, type Route, send, sendJson } from './route.js';
import { type ForecastQuery, forecast, geocode } from './weather.js';

const maxEcho = 64 * 1024;

export const api: Route[] = [
  {
    pattern: /^\/v1\/search$/,
    shown: { link: '/v1/search?name=tal', note: 'places by their first letters, as Open-Meteo finds them' },
    answer: (exchange) => {
      const name = exchange.url.searchParams.get('name');
      if (name === null) return sendJson(exchange, 400, { error: true, reason: "Parameter 'name' is missing" });
      const count = Math.min(100, Math.max(1, Number(exchange.url.searchParams.get('count') ?? 10) || 10));
      return sendJson(exchange, 200, geocode(name, count));
    },
  },
  {
    pattern: /^\/v1\/forecast$/,
    shown: {
      link: '/v1/forecast?latitude=59.44&longitude=24.75&current=temperature_2m,weather_code&timezone=auto',
      note: 'the weather there, as Open-Meteo tells it',
    },
    answer: answerForecast,
  },
  {
    pattern: /^\/api\/v2\/entries\/en\/([^/]+)$/,
    shown: {
      link: '/api/v2/entries/en/errand',
      note: 'a dictionary as dictionaryapi.dev has it; the words broken, garbled and slow misbehave',
    },
    answer: answerWord,
  },
  {
    pattern: /^\/echo$/,
    shown: { link: '/echo', note: 'tells what it was sent: method, headers, body' },
    answer: echo,
  },
];

function answerForecast(exchange: Exchange): unknown {
  const { searchParams } = exchange.url;
  const list = (name: string) => (searchParams.get(name) ?? '').split(',').filter((part) => part !== '');
  const refuse = (reason: string) => sendJson(exchange, 400, { error: true, reason });
  const latitude = Number(searchParams.get('latitude') ?? Number.NaN);
  const longitude = Number(searchParams.get('longitude') ?? Number.NaN);
  if (!(Math.abs(latitude) <= 90)) return refuse('Latitude must be in range of -90 to 90°.');
  if (!(Math.abs(longitude) <= 180)) return refuse('Longitude must be in range of -180 to 180°.');
  const timezone = searchParams.get('timezone') ?? 'GMT';
  if (timezone !== 'auto' && !Intl.supportedValuesOf('timeZone').includes(timezone) && timezone !== 'GMT') {
    return refuse('Invalid timezone');
  }
  const query: ForecastQuery = {
    latitude,
    longitude,
    timezone,
    current: list('current'),
    daily: list('daily'),
    days: Math.min(16, Math.max(1, Number(searchParams.get('forecast_days') ?? 7) || 7)),
    fahrenheit: searchParams.get('temperature_unit') === 'fahrenheit',
    windUnit: searchParams.get('wind_speed_unit') ?? 'kmh',
  };
  const answer = forecast(query, exchange.now);
  return answer === undefined ? refuse('Data corrupted: unknown weather variable') : sendJson(exchange, 200, answer);
}

function answerWord(exchange: Exchange): unknown {
  const word = decodeURIComponent(exchange.match[1] ?? '').toLowerCase();
  if (word === 'broken') return sendJson(exchange, 500, { title: 'Something went wrong' });
  if (word === 'garbled') return send(exchange, 200, 'application/json', '<!doctype html><title>Maintenance</title>');
  if (word === 'slow') return later(exchange, 2500, () => sendJson(exchange, 200, entry('errand')));
  if (!Object.hasOwn(words, word)) {
    return sendJson(exchange, 404, {
      title: 'No Definitions Found',
      message: 'No such word here.',
      resolution: 'Try errand.',
    });
  }
  return sendJson(exchange, 200, entry(word));
}

function entry(word: string): unknown[] {
  const { phonetic, senses } = words[word] ?? { phonetic: '', senses: [] };
  const kinds = [...new Set(senses.map(([kind]) => kind))];
  const meanings = kinds.map((partOfSpeech) => ({
    partOfSpeech,
    definitions: senses
      .filter(([kind]) => kind === partOfSpeech)
      .map(([, definition, example]) => ({ definition, synonyms: [], antonyms: [], ...(example && { example }) })),
    synonyms: [],
    antonyms: [],
  }));
  const sourceUrls = [`https://en.wiktionary.org/wiki/${word}`];
  return [{ word, phonetic, phonetics: [{ text: phonetic, audio: '' }], meanings, sourceUrls }];
}

async function echo(exchange: Exchange): Promise<unknown> {
  const { method, headers } = exchange.request;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of exchange.request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxEcho) {
      exchange.response.setHeader('connection', 'close');
      return sendJson(exchange, 413, { error: `at most ${maxEcho} bytes` });
    }
    pieces.push(piece);
  }
  return sendJson(exchange, 200, {
    method,
    path: exchange.url.pathname,
    headers,
    body: Buffer.concat(pieces).toString('utf8'),
  });
}
