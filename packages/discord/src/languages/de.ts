// German (Deutsch).
import type { Sentences } from './sentences.js';

export const de: Sentences = {
  dns: 'Ich konnte diese Website nicht finden. Bitte prüfe, ob die Adresse richtig geschrieben ist.',
  connect:
    'Ich konnte die Website nicht erreichen; vielleicht ist sie gerade nicht verfügbar. Bitte versuche es später noch einmal.',
  tls: 'Ich konnte keine sichere Verbindung zur Website herstellen. Bitte versuche eine andere Adresse oder wende dich an ihren Betreiber.',
  proxy:
    'Meine Verbindung ins Internet funktioniert gerade nicht. Bitte versuche es später noch einmal und sag meinem Betreiber Bescheid, wenn es so bleibt.',
  disconnected: 'Die Verbindung zur Website ist abgebrochen. Bitte versuche es noch einmal.',
  timeout: 'Die Website hat zu lange nicht geantwortet. Bitte versuche es gleich noch einmal.',
  busy: 'Diese Website wird gerade von vielen abgefragt. Bitte versuche es in einer Minute noch einmal.',
  protocol:
    'Die Website hat eine Antwort geschickt, mit der ich nichts anfangen konnte. Bitte versuche es später noch einmal oder nimm eine andere Adresse.',
  notFound: 'Unter dieser Adresse gibt es nichts. Bitte prüfe, ob sie richtig geschrieben ist.',
  forbidden: 'Die Website lässt mich das nicht sehen. Bitte versuche eine Adresse, die für alle offen ist.',
  tooMany: 'Die Website bekommt gerade zu viele Anfragen. Bitte versuche es in ein paar Minuten noch einmal.',
  serverError: 'Die Website hat im Moment ein Problem. Bitte versuche es später noch einmal.',
  rejected: 'Die Website hat die Anfrage nicht angenommen. Bitte prüfe deine Eingabe.',
  redirect: 'Die Adresse führt im Kreis oder ins Leere. Bitte versuche eine andere.',
  tooLarge: 'Das ist zu groß für mich. Bitte versuche es mit etwas Kleinerem.',
  unreadable:
    'Die Website hat etwas geschickt, das ich nicht lesen konnte. Bitte versuche es später noch einmal oder nimm eine andere Adresse.',
  blocked: 'Diese Adresse darf ich nicht öffnen. Bitte versuche eine öffentliche Website.',
  resting:
    'Die Website ist mehrmals hintereinander ausgefallen, deshalb lasse ich sie kurz in Ruhe. Bitte versuche es in einer Minute noch einmal.',
  restingUntil:
    'Die Website ist mehrmals hintereinander ausgefallen, deshalb lasse ich sie kurz in Ruhe. Bitte versuche es {when} noch einmal.',
  limitedUntil:
    'Ich habe diese Website fürs Erste so oft abgefragt, wie ich darf. Bitte versuche es {when} noch einmal.',
  badUrl: 'Das ist keine Webadresse, die ich öffnen kann. Sie sollte so aussehen: https://example.com.',
  aborted: 'Ich musste abbrechen, bevor ich fertig war. Bitte versuche es noch einmal.',
  restarting: 'Ich starte gerade neu. Bitte versuche es in einer Minute noch einmal.',
  tookTooLong: 'Das hat zu lange gedauert, deshalb musste ich aufgeben. Bitte versuche es später noch einmal.',
  cooldown: 'Bitte warte {wait}, bevor du diesen Befehl wieder benutzt.',
  gone: 'Diesen Befehl gibt es nicht mehr. Tippe /, um die aktuellen Befehle zu sehen.',
  noAnswer:
    'Der Befehl ist ohne Antwort zu Ende gegangen. Bitte versuche es noch einmal und sag meinem Betreiber Bescheid, wenn es wieder passiert.',
  unsendable: 'Ich habe eine Antwort, aber Discord lässt mich sie nicht zeigen. Bitte versuche es auf andere Weise.',
  fileTooLarge: 'Eine Datei fehlt, weil sie für diesen Ort zu groß ist.',
  unknown: 'Bei mir ist etwas schiefgegangen. Bitte versuche es später noch einmal.',
};
