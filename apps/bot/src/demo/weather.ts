/**
 * Answers in the shape of Open-Meteo's geocoding and forecast for the cities of the demo web. The same place and hour always have the
 * same weather; nothing here knows of HTTP.
 */
import { type City, cities } from './cities.js';

/** Folds case and accents, so that "reykjavik" finds Reykjavík. */
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

export function geocode(name: string, count: number): { results?: unknown[]; generationtime_ms: number } {
  const wanted = fold(name);
  const found = wanted === '' ? [] : cities.filter((city) => fold(city.name).startsWith(wanted));
  found.sort((a, b) => b.population - a.population);
  const results = found.slice(0, count).map(place);
  return results.length > 0 ? { results, generationtime_ms: 0.4 } : { generationtime_ms: 0.4 };
}

function place(city: City): Record<string, unknown> {
  const { id, name, latitude, longitude, elevation, timezone, population, country } = city;
  const code = { country_code: city.countryCode, admin1: city.region, feature_code: 'PPL' };
  return { id, name, latitude, longitude, elevation, timezone, population, country, ...code };
}

export interface ForecastQuery {
  readonly latitude: number;
  readonly longitude: number;
  readonly current: readonly string[];
  readonly daily: readonly string[];
  readonly days: number;
  readonly fahrenheit: boolean;
  readonly windUnit: string;
  readonly timezone: string;
}

/** Undefined when a variable is asked for that is not known here; the caller answers 400 as Open-Meteo does. */
export function forecast(query: ForecastQuery, now: Date): Record<string, unknown> | undefined {
  const city = nearest(query.latitude, query.longitude);
  const timezone = query.timezone === 'auto' ? city.timezone : query.timezone;
  const values = currentValues(query, now);
  const units = unitsOf(query);
  const answer: Record<string, unknown> = {
    latitude: query.latitude,
    longitude: query.longitude,
    generationtime_ms: 0.08,
    timezone,
    elevation: city.elevation,
  };
  if (query.current.length > 0) {
    if (!query.current.every((name) => Object.hasOwn(values, name))) return undefined;
    answer.current_units = pick({ ...units, time: 'iso8601', interval: 'seconds' }, [
      'time',
      'interval',
      ...query.current,
    ]);
    answer.current = { time: localTime(now, timezone), interval: 900, ...pick(values, query.current) };
  }
  if (query.daily.length > 0) {
    const days = Array.from({ length: query.days }, (_, index) => new Date(now.getTime() + index * 86_400_000));
    const rows = days.map((day) => dailyValues(query, day));
    if (!query.daily.every((name) => Object.hasOwn(rows[0] ?? {}, name))) return undefined;
    answer.daily_units = pick({ ...units, time: 'iso8601' }, ['time', ...query.daily]);
    const columns = query.daily.map((name) => [name, rows.map((row) => row[name])]);
    answer.daily = { time: days.map((day) => localTime(day, timezone).slice(0, 10)), ...Object.fromEntries(columns) };
  }
  return answer;
}

function currentValues(query: ForecastQuery, now: Date): Record<string, number> {
  const hour = (now.getUTCHours() + now.getUTCMinutes() / 60 + query.longitude / 15 + 48) % 24;
  const warmth = dayWarmth(query, now) + 4 * Math.sin(((hour - 9) / 24) * 2 * Math.PI);
  const wind = 4 + 26 * chance(query, now, 'wind') ** 2;
  return {
    temperature_2m: degrees(warmth, query.fahrenheit),
    apparent_temperature: degrees(warmth - wind / 8, query.fahrenheit),
    relative_humidity_2m: Math.round(45 + 50 * chance(query, now, 'humidity')),
    precipitation: sky(query, now) >= 51 ? round(3 * chance(query, now, 'rain')) : 0,
    weather_code: sky(query, now),
    wind_speed_10m: speed(wind, query.windUnit),
    wind_direction_10m: Math.round(359 * chance(query, now, 'direction')),
    is_day: hour > 6.5 && hour < 20 ? 1 : 0,
  };
}

function dailyValues(query: ForecastQuery, day: Date): Record<string, number> {
  const warmth = dayWarmth(query, day);
  return {
    weather_code: sky(query, day),
    temperature_2m_max: degrees(warmth + 4 + 2 * chance(query, day, 'max'), query.fahrenheit),
    temperature_2m_min: degrees(warmth - 4 - 2 * chance(query, day, 'min'), query.fahrenheit),
    precipitation_probability_max: Math.round(
      sky(query, day) >= 51 ? 60 + 35 * chance(query, day, 'p') : 30 * chance(query, day, 'p'),
    ),
  };
}

/** The mean of a day in °C: warm at the equator, seasons that grow with the latitude and turn at it, a little chance from day to day. */
function dayWarmth(query: ForecastQuery, day: Date): number {
  const start = Date.UTC(day.getUTCFullYear(), 0, 1);
  const season = -Math.cos(((day.getTime() - start) / 86_400_000 / 365 - 0.06) * 2 * Math.PI);
  const distance = Math.abs(query.latitude);
  return (
    28 -
    0.0065 * distance ** 2 +
    season * Math.sign(query.latitude) * 0.19 * distance +
    6 * (chance(query, day, 'day') - 0.5)
  );
}

function sky(query: ForecastQuery, day: Date): number {
  const kinds = [0, 1, 1, 2, 2, 3, 3, 45, 51, 61, 61, 63, 80, 95];
  const code = kinds[Math.floor(chance(query, day, 'sky') * kinds.length)] ?? 3;
  if (code < 51 || dayWarmth(query, day) > 0) return code;
  return code === 63 ? 73 : 71;
}

/** A number in [0, 1) fixed by place, day and purpose (FNV-1a with a final mix). */
function chance(query: ForecastQuery, day: Date, purpose: string): number {
  const key = `${query.latitude.toFixed(2)}|${query.longitude.toFixed(2)}|${day.toISOString().slice(0, 10)}|${purpose}`;
  let hash = 0x811c9dc5;
  for (const letter of key) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

function nearest(latitude: number, longitude: number): City {
  const distance = (city: City) => (city.latitude - latitude) ** 2 + (city.longitude - longitude) ** 2;
  return cities.reduce((best, city) => (distance(city) < distance(best) ? city : best));
}

function unitsOf(query: ForecastQuery): Record<string, string> {
  const warmth = query.fahrenheit ? '°F' : '°C';
  return {
    temperature_2m: warmth,
    apparent_temperature: warmth,
    temperature_2m_max: warmth,
    temperature_2m_min: warmth,
    relative_humidity_2m: '%',
    precipitation_probability_max: '%',
    precipitation: 'mm',
    weather_code: 'wmo code',
    wind_speed_10m: { mph: 'mp/h', ms: 'm/s', kn: 'kn' }[query.windUnit] ?? 'km/h',
    wind_direction_10m: '°',
    is_day: '',
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
const degrees = (celsius: number, fahrenheit: boolean): number => round(fahrenheit ? celsius * 1.8 + 32 : celsius);
const speed = (kmh: number, unit: string): number => round(kmh * ({ mph: 0.6214, ms: 0.2778, kn: 0.54 }[unit] ?? 1));
const pick = (from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? '']));

function localTime(at: Date, timezone: string): string {
  const parts = at.toLocaleString('sv-SE', { timeZone: timezone === 'GMT' ? 'UTC' : timezone });
  return parts.slice(0, 16).replace(' ', 'T');
}
