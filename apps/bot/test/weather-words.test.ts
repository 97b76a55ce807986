import { expect, it } from 'vitest';
import { skyOf } from '../src/open-meteo.js';
import { weatherWords } from '../src/weather-words.js';

it.each(['en', 'de', 'es-ES', 'fr', 'it', 'ja', 'pt-BR'])('has a word for every sky in %s', (locale) => {
  const words = weatherWords(locale);
  expect(new Set(words.skies).size).toBe(12);
  for (let code = 0; code < 100; code += 1) expect(skyOf(code, locale).words).not.toBe('');
});

it('reads English where it knows no better, and shows no sky for no code', () => {
  expect(weatherWords('xx')).toBe(weatherWords('en'));
  expect(weatherWords('constructor')).toBe(weatherWords('en'));
  expect(skyOf(-1, 'en')).toEqual({ picture: '🌡️', words: '' });
  expect(skyOf(0, 'en', false)).toEqual({ picture: '🌙', words: 'clear sky' });
});
