// Polish (polski).
import type { Sentences } from './sentences.js';

export const pl: Sentences = {
  dns: 'Nie udało się znaleźć tej strony. Sprawdź, czy adres jest poprawnie zapisany.',
  connect: 'Nie udało się połączyć ze stroną; być może jest niedostępna. Spróbuj ponownie później.',
  tls: 'Nie udało się nawiązać bezpiecznego połączenia ze stroną. Wypróbuj inny adres lub daj znać jej właścicielowi.',
  proxy:
    'Moje połączenie z internetem chwilowo nie działa. Spróbuj ponownie później i daj znać mojemu opiekunowi, jeśli to się nie zmieni.',
  disconnected: 'Połączenie ze stroną zostało przerwane. Spróbuj ponownie.',
  timeout: 'Strona zbyt długo nie odpowiadała. Spróbuj ponownie za chwilę.',
  busy: 'Wiele osób korzysta teraz z tej strony. Spróbuj ponownie za minutę.',
  protocol: 'Strona przysłała odpowiedź, której nie da się zrozumieć. Spróbuj ponownie później lub użyj innego adresu.',
  notFound: 'Pod tym adresem nic nie ma. Sprawdź, czy jest poprawnie zapisany.',
  forbidden: 'Strona nie pozwala mi tego zobaczyć. Wypróbuj adres dostępny dla wszystkich.',
  tooMany: 'Strona otrzymuje teraz zbyt wiele zapytań. Spróbuj ponownie za kilka minut.',
  serverError: 'Strona ma w tej chwili problem. Spróbuj ponownie później.',
  rejected: 'Strona nie przyjęła zapytania. Sprawdź, co zostało wpisane.',
  redirect: 'Adres prowadzi w kółko albo donikąd. Wypróbuj inny.',
  tooLarge: 'To jest dla mnie zbyt duże. Wypróbuj coś mniejszego.',
  unreadable: 'Strona przysłała coś, czego nie da się odczytać. Spróbuj ponownie później lub użyj innego adresu.',
  blocked: 'Nie wolno mi otworzyć tego adresu. Wypróbuj publiczną stronę internetową.',
  resting: 'Strona zawiodła kilka razy z rzędu, więc daję jej odpocząć. Spróbuj ponownie za minutę.',
  restingUntil: 'Strona zawiodła kilka razy z rzędu, więc daję jej odpocząć. Spróbuj ponownie {when}.',
  limitedUntil: 'Limit zapytań do tej strony został na razie wyczerpany. Spróbuj ponownie {when}.',
  badUrl: 'To nie jest adres internetowy, który można otworzyć. Powinien wyglądać tak: https://example.com.',
  aborted: 'Praca została przerwana przed końcem. Spróbuj ponownie.',
  restarting: 'Trwa ponowne uruchamianie. Spróbuj ponownie za minutę.',
  tookTooLong: 'Trwało to zbyt długo i zostało przerwane. Spróbuj ponownie później.',
  cooldown: 'Przed ponownym użyciem tego polecenia odczekaj jeszcze: {wait}.',
  gone: 'To polecenie już nie istnieje. Wpisz /, aby zobaczyć aktualne polecenia.',
  noAnswer:
    'Polecenie zakończyło się bez odpowiedzi. Spróbuj ponownie i daj znać mojemu opiekunowi, jeśli to się powtórzy.',
  unsendable: 'Mam odpowiedź, ale Discord nie pozwala mi jej pokazać. Spróbuj w inny sposób.',
  fileTooLarge: 'Pominięto plik, ponieważ jest zbyt duży dla tego miejsca.',
  unknown: 'Coś poszło nie tak po mojej stronie. Spróbuj ponownie później.',
};
