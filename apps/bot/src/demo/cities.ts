/** The places that the demo web knows. Plain data; it never computes anything. */
export interface City {
  readonly id: number;
  readonly name: string;
  readonly region: string;
  readonly country: string;
  readonly countryCode: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation: number;
  readonly population: number;
  readonly timezone: string;
}

type Row = [string, string, string, string, number, number, number, number, string];

const rows: Row[] = [
  ['Tallinn', 'Harju', 'Estonia', 'EE', 59.437, 24.7535, 9, 394_024, 'Europe/Tallinn'],
  ['Tartu', 'Tartu', 'Estonia', 'EE', 58.3806, 26.7251, 57, 101_092, 'Europe/Tallinn'],
  ['Riga', 'Riga', 'Latvia', 'LV', 56.946, 24.1059, 6, 742_572, 'Europe/Riga'],
  ['Vilnius', 'Vilnius', 'Lithuania', 'LT', 54.6892, 25.2798, 125, 542_366, 'Europe/Vilnius'],
  ['Helsinki', 'Uusimaa', 'Finland', 'FI', 60.1695, 24.9354, 26, 658_864, 'Europe/Helsinki'],
  ['Stockholm', 'Stockholm', 'Sweden', 'SE', 59.3293, 18.0687, 17, 1_515_017, 'Europe/Stockholm'],
  ['Oslo', 'Oslo', 'Norway', 'NO', 59.9127, 10.7461, 26, 580_000, 'Europe/Oslo'],
  ['Tromsø', 'Troms', 'Norway', 'NO', 69.6489, 18.9551, 20, 52_436, 'Europe/Oslo'],
  ['Copenhagen', 'Capital Region', 'Denmark', 'DK', 55.6759, 12.5655, 14, 1_153_615, 'Europe/Copenhagen'],
  ['Reykjavík', 'Capital Region', 'Iceland', 'IS', 64.1355, -21.8954, 37, 118_918, 'Atlantic/Reykjavik'],
  ['Berlin', 'Land Berlin', 'Germany', 'DE', 52.5244, 13.4105, 74, 3_426_354, 'Europe/Berlin'],
  ['Hamburg', 'Hamburg', 'Germany', 'DE', 53.5507, 9.993, 6, 1_845_229, 'Europe/Berlin'],
  ['Munich', 'Bavaria', 'Germany', 'DE', 48.1374, 11.5755, 524, 1_260_391, 'Europe/Berlin'],
  ['Vienna', 'Vienna', 'Austria', 'AT', 48.2085, 16.3721, 171, 1_691_468, 'Europe/Vienna'],
  ['Zürich', 'Zurich', 'Switzerland', 'CH', 47.3667, 8.55, 408, 341_730, 'Europe/Zurich'],
  ['Amsterdam', 'North Holland', 'Netherlands', 'NL', 52.374, 4.8897, 13, 741_636, 'Europe/Amsterdam'],
  ['Brussels', 'Brussels Capital', 'Belgium', 'BE', 50.8505, 4.3488, 28, 1_019_022, 'Europe/Brussels'],
  ['Paris', 'Île-de-France', 'France', 'FR', 48.8534, 2.3488, 42, 2_138_551, 'Europe/Paris'],
  ['Paris', 'Texas', 'United States', 'US', 33.6609, -95.5555, 183, 24_782, 'America/Chicago'],
  ['London', 'England', 'United Kingdom', 'GB', 51.5085, -0.1257, 25, 8_961_989, 'Europe/London'],
  ['London', 'Ontario', 'Canada', 'CA', 42.9834, -81.233, 252, 422_324, 'America/Toronto'],
  ['Dublin', 'Leinster', 'Ireland', 'IE', 53.3331, -6.2489, 17, 1_024_027, 'Europe/Dublin'],
  ['Edinburgh', 'Scotland', 'United Kingdom', 'GB', 55.9521, -3.1965, 89, 506_520, 'Europe/London'],
  ['Madrid', 'Madrid', 'Spain', 'ES', 40.4165, -3.7026, 665, 3_255_944, 'Europe/Madrid'],
  ['Lisbon', 'Lisbon', 'Portugal', 'PT', 38.7169, -9.1399, 45, 517_802, 'Europe/Lisbon'],
  ['Rome', 'Lazio', 'Italy', 'IT', 41.8919, 12.5113, 20, 2_318_895, 'Europe/Rome'],
  ['Athens', 'Attica', 'Greece', 'GR', 37.9838, 23.7278, 70, 664_046, 'Europe/Athens'],
  ['Warsaw', 'Mazovia', 'Poland', 'PL', 52.2298, 21.0118, 113, 1_702_139, 'Europe/Warsaw'],
  ['Prague', 'Prague', 'Czechia', 'CZ', 50.088, 14.4208, 202, 1_165_581, 'Europe/Prague'],
  ['Kyiv', 'Kyiv City', 'Ukraine', 'UA', 50.4547, 30.5238, 187, 2_797_553, 'Europe/Kyiv'],
  ['Istanbul', 'Istanbul', 'Türkiye', 'TR', 41.0138, 28.9497, 39, 14_804_116, 'Europe/Istanbul'],
  ['Cairo', 'Cairo', 'Egypt', 'EG', 30.0626, 31.2497, 23, 9_606_916, 'Africa/Cairo'],
  ['Lagos', 'Lagos', 'Nigeria', 'NG', 6.4541, 3.3947, 11, 15_388_000, 'Africa/Lagos'],
  ['Nairobi', 'Nairobi', 'Kenya', 'KE', -1.2833, 36.8167, 1_684, 2_750_547, 'Africa/Nairobi'],
  ['Cape Town', 'Western Cape', 'South Africa', 'ZA', -33.9258, 18.4232, 25, 4_710_000, 'Africa/Johannesburg'],
  ['Delhi', 'Delhi', 'India', 'IN', 28.652, 77.2315, 227, 10_927_986, 'Asia/Kolkata'],
  ['Singapore', 'Singapore', 'Singapore', 'SG', 1.2897, 103.8501, 23, 5_638_700, 'Asia/Singapore'],
  ['Seoul', 'Seoul', 'South Korea', 'KR', 37.566, 126.9784, 38, 10_349_312, 'Asia/Seoul'],
  ['Tokyo', 'Tokyo', 'Japan', 'JP', 35.6895, 139.6917, 44, 9_733_276, 'Asia/Tokyo'],
  ['Sydney', 'New South Wales', 'Australia', 'AU', -33.8678, 151.2073, 58, 4_627_345, 'Australia/Sydney'],
  ['Wellington', 'Wellington', 'New Zealand', 'NZ', -41.2866, 174.7756, 31, 381_900, 'Pacific/Auckland'],
  ['New York', 'New York', 'United States', 'US', 40.7143, -74.006, 10, 8_804_190, 'America/New_York'],
  ['Seattle', 'Washington', 'United States', 'US', 47.6062, -122.3321, 56, 737_015, 'America/Los_Angeles'],
  ['San Francisco', 'California', 'United States', 'US', 37.7749, -122.4194, 16, 864_816, 'America/Los_Angeles'],
  ['Mexico City', 'Mexico City', 'Mexico', 'MX', 19.4285, -99.1277, 2_240, 12_294_193, 'America/Mexico_City'],
  ['São Paulo', 'São Paulo', 'Brazil', 'BR', -23.5475, -46.6361, 769, 10_021_295, 'America/Sao_Paulo'],
  ['Ushuaia', 'Tierra del Fuego', 'Argentina', 'AR', -54.8108, -68.3159, 23, 58_028, 'America/Argentina/Ushuaia'],
];

export const cities: readonly City[] = rows.map(
  ([name, region, country, countryCode, latitude, longitude, elevation, population, timezone], index) => ({
    id: 500_000 + index,
    name,
    region,
    country,
    countryCode,
    latitude,
    longitude,
    elevation,
    population,
    timezone,
  }),
);
