/** Open-Meteo's geocoding and forecast, no more of them than the bot shows. Needs no key. https://open-meteo.com/en/docs */
import type { Session } from 'errand';
import { z } from 'zod';
import type { Endpoints } from './settings.js';
import { weatherWords } from './weather-words.js';

const Place = z.object({
  name: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  country: z.string().optional(),
  admin1: z.string().optional(),
});
const Places = z.object({ results: z.array(Place).default([]) });
export type Place = z.infer<typeof Place>;

const Forecast = z.object({
  timezone: z.string(),
  current_units: z.object({ temperature_2m: z.string() }),
  current: z.object({
    temperature_2m: z.number(),
    apparent_temperature: z.number(),
    relative_humidity_2m: z.number(),
    weather_code: z.number(),
    wind_speed_10m: z.number(),
    is_day: z.number(),
  }),
  daily: z.object({
    time: z.array(z.string()),
    weather_code: z.array(z.number()),
    temperature_2m_max: z.array(z.number()),
    temperature_2m_min: z.array(z.number()),
    precipitation_probability_max: z.array(z.number().nullable()),
  }),
});
export type Forecast = z.infer<typeof Forecast>;

/** `Tallinn, Harju, Estonia`: what autocomplete shows, and what comes back as the option's value. */
export const labelOf = ({ name, admin1, country }: Place): string =>
  [name, admin1 === name ? undefined : admin1, country].filter(Boolean).join(', ');

export async function findPlaces(web: Session, endpoints: Endpoints, name: string, locale: string): Promise<Place[]> {
  const language = locale.split('-')[0] ?? 'en';
  const query = { name: name.slice(0, 100), count: 10, language, format: 'json' };
  return (await web.get(endpoints.geocoding, { query }).json(Places)).results;
}

/** The place of a label that was picked from the list, or the best known one of that name. */
export async function findPlace(
  web: Session,
  endpoints: Endpoints,
  typed: string,
  locale: string,
): Promise<Place | undefined> {
  const [name = ''] = typed.split(',');
  const places = await findPlaces(web, endpoints, name.trim(), locale);
  const wanted = typed.toLowerCase();
  return places.find((place) => labelOf(place).toLowerCase() === wanted) ?? places[0];
}

export function forecastFor(web: Session, endpoints: Endpoints, place: Place, locale: string): Promise<Forecast> {
  const american = locale === 'en-US';
  const query = {
    latitude: place.latitude,
    longitude: place.longitude,
    current: 'temperature_2m,apparent_temperature,relative_humidity_2m,weather_code,wind_speed_10m,is_day',
    daily: 'weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max',
    forecast_days: 4,
    timezone: 'auto',
    ...(american && { temperature_unit: 'fahrenheit', wind_speed_unit: 'mph' }),
  };
  return web.get(endpoints.forecast, { query }).json(Forecast);
}

/** WMO weather codes as Open-Meteo uses them: a kind of sky reaches from its code to the next one. */
const skies: ReadonlyArray<readonly [code: number, picture: string]> = [
  [0, '☀️'],
  [1, '🌤️'],
  [2, '⛅'],
  [3, '☁️'],
  [45, '🌫️'],
  [51, '🌦️'],
  [61, '🌧️'],
  [66, '🌧️'],
  [71, '🌨️'],
  [80, '🌦️'],
  [85, '🌨️'],
  [95, '⛈️'],
];

export function skyOf(code: number, locale: string, day = true): { picture: string; words: string } {
  const index = skies.findLastIndex(([least]) => least <= code);
  const picture = skies[index]?.[1] ?? '🌡️';
  return { picture: index <= 1 && index >= 0 && !day ? '🌙' : picture, words: weatherWords(locale).skies[index] ?? '' };
}
