// Dutch (Nederlands).
import type { Sentences } from './sentences.js';

export const nl: Sentences = {
  dns: 'Ik kon die website niet vinden. Controleer of het adres goed geschreven is.',
  connect: 'Ik kon de website niet bereiken; misschien is hij niet beschikbaar. Probeer het later opnieuw.',
  tls: 'Ik kon geen beveiligde verbinding met de website maken. Probeer een ander adres of laat het de beheerder ervan weten.',
  proxy:
    'Mijn verbinding met internet werkt op dit moment niet. Probeer het later opnieuw en laat het mijn beheerder weten als het zo blijft.',
  disconnected: 'De verbinding met de website werd verbroken. Probeer het opnieuw.',
  timeout: 'De website deed er te lang over om te antwoorden. Probeer het zo meteen opnieuw.',
  busy: 'Veel mensen vragen deze website nu op. Probeer het over een minuut opnieuw.',
  protocol:
    'De website stuurde een antwoord waar ik niets mee kon. Probeer het later opnieuw of gebruik een ander adres.',
  notFound: 'Er is niets op dat adres. Controleer of het goed geschreven is.',
  forbidden: 'De website laat mij dat niet zien. Probeer een adres dat voor iedereen open is.',
  tooMany: 'De website krijgt op dit moment te veel aanvragen. Probeer het over een paar minuten opnieuw.',
  serverError: 'De website heeft op dit moment een probleem. Probeer het later opnieuw.',
  rejected: 'De website heeft de aanvraag niet geaccepteerd. Controleer wat je hebt ingevuld.',
  redirect: 'Het adres gaat in kringetjes rond of leidt nergens heen. Probeer een ander.',
  tooLarge: 'Dat is te groot voor mij. Probeer iets kleiners.',
  unreadable: 'De website stuurde iets dat ik niet kon lezen. Probeer het later opnieuw of gebruik een ander adres.',
  blocked: 'Ik mag dat adres niet openen. Probeer een openbare website.',
  resting:
    'De website heeft een paar keer achter elkaar gefaald, dus ik laat hem even met rust. Probeer het over een minuut opnieuw.',
  restingUntil:
    'De website heeft een paar keer achter elkaar gefaald, dus ik laat hem even met rust. Probeer het {when} opnieuw.',
  limitedUntil: 'Ik heb deze website voorlopig zo vaak opgevraagd als ik mag. Probeer het {when} opnieuw.',
  badUrl: 'Dat is geen webadres dat ik kan openen. Het moet lijken op https://example.com.',
  aborted: 'Ik moest stoppen voordat ik klaar was. Probeer het opnieuw.',
  restarting: 'Ik start opnieuw op. Probeer het over een minuut opnieuw.',
  tookTooLong: 'Dat duurde te lang, dus ik moest het opgeven. Probeer het later opnieuw.',
  cooldown: 'Wacht {wait} voordat je deze opdracht weer gebruikt.',
  gone: 'Deze opdracht bestaat niet meer. Typ / om de huidige opdrachten te zien.',
  noAnswer:
    'De opdracht eindigde zonder antwoord. Probeer het opnieuw en laat het mijn beheerder weten als het weer gebeurt.',
  unsendable: 'Ik heb een antwoord, maar Discord laat me het niet tonen. Probeer het op een andere manier.',
  fileTooLarge: 'Een bestand is weggelaten omdat het te groot is voor deze plek.',
  unknown: 'Er ging iets mis aan mijn kant. Probeer het later opnieuw.',
};
