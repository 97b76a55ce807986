// Italian (italiano).
import type { Sentences } from './sentences.js';

export const it: Sentences = {
  dns: 'Non ho trovato quel sito. Controlla che l’indirizzo sia scritto bene.',
  connect: 'Non sono riuscito a raggiungere il sito; forse non è disponibile. Riprova più tardi.',
  tls: 'Non sono riuscito a stabilire una connessione sicura con il sito. Prova un altro indirizzo o avvisa chi lo gestisce.',
  proxy:
    'La mia connessione a Internet al momento non funziona. Riprova più tardi e avvisa chi mi gestisce se continua così.',
  disconnected: 'La connessione con il sito si è interrotta. Riprova.',
  timeout: 'Il sito ha impiegato troppo tempo a rispondere. Riprova tra un momento.',
  busy: 'In questo momento molte persone stanno consultando questo sito. Riprova tra un minuto.',
  protocol:
    'Il sito ha inviato una risposta che non sono riuscito a interpretare. Riprova più tardi o usa un altro indirizzo.',
  notFound: 'A quell’indirizzo non c’è nulla. Controlla che sia scritto bene.',
  forbidden: 'Il sito non mi permette di vederlo. Prova un indirizzo aperto a tutti.',
  tooMany: 'Il sito sta ricevendo troppe richieste. Riprova tra qualche minuto.',
  serverError: 'Il sito ha un problema in questo momento. Riprova più tardi.',
  rejected: 'Il sito non ha accettato la richiesta. Controlla quello che hai inserito.',
  redirect: 'L’indirizzo gira in tondo o non porta da nessuna parte. Provane un altro.',
  tooLarge: 'È troppo grande per me. Prova con qualcosa di più piccolo.',
  unreadable:
    'Il sito ha inviato qualcosa che non sono riuscito a leggere. Riprova più tardi o usa un altro indirizzo.',
  blocked: 'Non mi è permesso aprire quell’indirizzo. Prova un sito pubblico.',
  resting: 'Il sito ha fallito più volte di seguito, quindi lo lascio riposare. Riprova tra un minuto.',
  restingUntil: 'Il sito ha fallito più volte di seguito, quindi lo lascio riposare. Riprova {when}.',
  limitedUntil: 'Per ora ho interrogato questo sito quanto potevo. Riprova {when}.',
  badUrl: 'Non è un indirizzo web che posso aprire. Dovrebbe essere simile a https://example.com.',
  aborted: 'Mi sono dovuto fermare prima di finire. Riprova.',
  restarting: 'Mi sto riavviando. Riprova tra un minuto.',
  tookTooLong: 'Ci è voluto troppo tempo e ho dovuto rinunciare. Riprova più tardi.',
  cooldown: 'Aspetta {wait} prima di usare di nuovo questo comando.',
  gone: 'Questo comando non esiste più. Digita / per vedere i comandi attuali.',
  noAnswer: 'Il comando è terminato senza risposta. Riprova e avvisa chi mi gestisce se succede ancora.',
  unsendable: 'Ho una risposta, ma Discord non mi permette di mostrarla. Prova in un altro modo.',
  fileTooLarge: 'Un file è stato escluso perché è troppo grande per questo canale.',
  unknown: 'Qualcosa è andato storto da parte mia. Riprova più tardi.',
};
