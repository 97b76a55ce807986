/** The words of /weather by language, a row for each. A language that is not here reads English. */
export interface WeatherWords {
  readonly feelsLike: string;
  readonly wind: string;
  readonly humidity: string;
  readonly nextDays: string;
  readonly rain: string;
  /** In the order of `skies` in open-meteo.ts. */
  readonly skies: readonly string[];
}

// biome-ignore format: a table
const languages: Readonly<Record<string, WeatherWords>> = {
  en: {
    feelsLike: 'Feels like', wind: 'Wind', humidity: 'Humidity', nextDays: 'Next days', rain: 'rain',
    skies: ['clear sky', 'mainly clear', 'partly cloudy', 'overcast', 'fog', 'drizzle', 'rain', 'freezing rain', 'snow', 'showers', 'snow showers', 'thunderstorm'],
  },
  de: {
    feelsLike: 'Gefühlt', wind: 'Wind', humidity: 'Luftfeuchte', nextDays: 'Nächste Tage', rain: 'Regen',
    skies: ['klarer Himmel', 'überwiegend klar', 'teils bewölkt', 'bedeckt', 'Nebel', 'Nieselregen', 'Regen', 'gefrierender Regen', 'Schnee', 'Schauer', 'Schneeschauer', 'Gewitter'],
  },
  es: {
    feelsLike: 'Sensación térmica', wind: 'Viento', humidity: 'Humedad', nextDays: 'Próximos días', rain: 'lluvia',
    skies: ['cielo despejado', 'casi despejado', 'parcialmente nublado', 'cubierto', 'niebla', 'llovizna', 'lluvia', 'lluvia helada', 'nieve', 'chubascos', 'chubascos de nieve', 'tormenta'],
  },
  fr: {
    feelsLike: 'Ressenti', wind: 'Vent', humidity: 'Humidité', nextDays: 'Prochains jours', rain: 'pluie',
    skies: ['ciel dégagé', 'plutôt dégagé', 'partiellement nuageux', 'couvert', 'brouillard', 'bruine', 'pluie', 'pluie verglaçante', 'neige', 'averses', 'averses de neige', 'orage'],
  },
  it: {
    feelsLike: 'Percepita', wind: 'Vento', humidity: 'Umidità', nextDays: 'Prossimi giorni', rain: 'pioggia',
    skies: ['cielo sereno', 'prevalentemente sereno', 'parzialmente nuvoloso', 'coperto', 'nebbia', 'pioviggine', 'pioggia', 'pioggia gelata', 'neve', 'rovesci', 'rovesci di neve', 'temporale'],
  },
  ja: {
    feelsLike: '体感温度', wind: '風', humidity: '湿度', nextDays: '今後の天気', rain: '降水',
    skies: ['快晴', '晴れ', '一部曇り', '曇り', '霧', '霧雨', '雨', '着氷性の雨', '雪', 'にわか雨', 'にわか雪', '雷雨'],
  },
  pt: {
    feelsLike: 'Sensação', wind: 'Vento', humidity: 'Umidade', nextDays: 'Próximos dias', rain: 'chuva',
    skies: ['céu limpo', 'quase limpo', 'parcialmente nublado', 'encoberto', 'neblina', 'garoa', 'chuva', 'chuva congelante', 'neve', 'pancadas de chuva', 'pancadas de neve', 'trovoada'],
  },
};

const english = languages.en!;

export function weatherWords(locale: string): WeatherWords {
  const language = locale.split('-')[0] ?? 'en';
  return Object.hasOwn(languages, language) ? (languages[language] ?? english) : english;
}
