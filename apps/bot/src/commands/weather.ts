/** /weather: now and the next three days at a place, with completion of place names. */
import { type Command, command, fitEmbed, slash } from '@errand/discord';
import { MessageFlags } from 'discord.js';
import { type Forecast, findPlace, findPlaces, forecastFor, labelOf, skyOf } from '../open-meteo.js';
import type { Endpoints } from '../settings.js';
import { plain } from '../text.js';
import { weatherWords } from '../weather-words.js';

export const weather = (endpoints: Endpoints): Command =>
  command({
    data: slash('weather', 'The weather in a city, now and in the next days').string('city', 'Where, e.g. Tallinn', {
      required: true,
      autocomplete: true,
      max: 100,
    }),

    async execute({ locale }, web, { city }) {
      const place = await findPlace(web, endpoints, city, locale);
      if (place === undefined) {
        return { content: `I know no place called “${plain(city, 100)}”.`, flags: MessageFlags.Ephemeral };
      }
      const forecast = await forecastFor(web, endpoints, place, locale);
      const { current } = forecast;
      const words = weatherWords(locale);
      const sky = skyOf(current.weather_code, locale, current.is_day === 1);
      const unit = temperatureUnit(forecast);
      return fitEmbed({
        title: plain(labelOf(place), 200),
        description: `${sky.picture} **${measure(current.temperature_2m, unit, locale)}**, ${sky.words}`,
        color: current.temperature_2m > (unit === 'fahrenheit' ? 59 : 15) ? 0xf2a33a : 0x4a90d9,
        fields: [
          { name: words.feelsLike, value: measure(current.apparent_temperature, unit, locale), inline: true },
          { name: words.wind, value: measure(current.wind_speed_10m, windUnit(forecast), locale), inline: true },
          { name: words.humidity, value: measure(current.relative_humidity_2m, 'percent', locale), inline: true },
          { name: words.nextDays, value: nextDays(forecast, locale) },
        ],
        footer: { text: 'Weather data by Open-Meteo.com' },
      });
    },

    async autocomplete(interaction, web) {
      const typed = interaction.options.getFocused().trim();
      if (typed === '') return [];
      const places = await findPlaces(web, endpoints, typed, interaction.locale);
      const labels = [...new Set(places.map(labelOf))];
      return labels.map((label) => ({ name: label.slice(0, 100), value: label.slice(0, 100) }));
    },
  });

function nextDays(forecast: Forecast, locale: string): string {
  const { time, weather_code, temperature_2m_max, temperature_2m_min, precipitation_probability_max } = forecast.daily;
  const unit = temperatureUnit(forecast);
  const lines = time.slice(1, 4).map((date, index) => {
    const day = index + 1;
    const name = new Date(`${date}T12:00:00Z`).toLocaleDateString(locale, { weekday: 'long', timeZone: 'UTC' });
    const range = [temperature_2m_min[day], temperature_2m_max[day]].map((value) => measure(value ?? 0, unit, locale));
    const rain = measure(precipitation_probability_max[day] ?? 0, 'percent', locale);
    return `${skyOf(weather_code[day] ?? -1, locale).picture} ${name}: ${range.join(' … ')}, ${weatherWords(locale).rain} ${rain}`;
  });
  return lines.join('\n');
}

const temperatureUnit = (forecast: Forecast): string =>
  forecast.current_units.temperature_2m === '°F' ? 'fahrenheit' : 'celsius';

const windUnit = (forecast: Forecast): string =>
  temperatureUnit(forecast) === 'fahrenheit' ? 'mile-per-hour' : 'kilometer-per-hour';

const measure = (value: number, unit: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 0 }).format(value + 0);
