// French (français).
import type { Sentences } from './sentences.js';

export const fr: Sentences = {
  dns: 'Je n’ai pas trouvé ce site. Vérifiez que l’adresse est bien écrite.',
  connect: 'Je n’ai pas pu joindre le site ; il est peut-être en panne. Réessayez plus tard.',
  tls: 'Je n’ai pas pu établir de connexion sécurisée avec le site. Essayez une autre adresse ou prévenez son responsable.',
  proxy:
    'Ma connexion à Internet ne fonctionne pas en ce moment. Réessayez plus tard et prévenez mon responsable si cela dure.',
  disconnected: 'La connexion avec le site a été coupée. Réessayez.',
  timeout: 'Le site a mis trop de temps à répondre. Réessayez dans un instant.',
  busy: 'Beaucoup de personnes consultent ce site en ce moment. Réessayez dans une minute.',
  protocol:
    'Le site a envoyé une réponse que je n’ai pas pu comprendre. Réessayez plus tard ou utilisez une autre adresse.',
  notFound: 'Il n’y a rien à cette adresse. Vérifiez qu’elle est bien écrite.',
  forbidden: 'Le site ne me laisse pas voir cela. Essayez une adresse ouverte à tous.',
  tooMany: 'Le site reçoit trop de demandes en ce moment. Réessayez dans quelques minutes.',
  serverError: 'Le site rencontre un problème en ce moment. Réessayez plus tard.',
  rejected: 'Le site n’a pas accepté la demande. Vérifiez ce que vous avez saisi.',
  redirect: 'L’adresse tourne en rond ou ne mène nulle part. Essayez-en une autre.',
  tooLarge: 'C’est trop volumineux pour moi. Essayez quelque chose de plus petit.',
  unreadable:
    'Le site a envoyé quelque chose que je n’ai pas pu lire. Réessayez plus tard ou utilisez une autre adresse.',
  blocked: 'Je n’ai pas le droit d’ouvrir cette adresse. Essayez un site public.',
  resting: 'Le site a échoué plusieurs fois de suite, je le laisse donc souffler. Réessayez dans une minute.',
  restingUntil: 'Le site a échoué plusieurs fois de suite, je le laisse donc souffler. Réessayez {when}.',
  limitedUntil: 'J’ai interrogé ce site autant que je le peux pour l’instant. Réessayez {when}.',
  badUrl: 'Ce n’est pas une adresse web que je peux ouvrir. Elle devrait ressembler à https://example.com.',
  aborted: 'J’ai dû m’arrêter avant d’avoir terminé. Réessayez.',
  restarting: 'Je redémarre. Réessayez dans une minute.',
  tookTooLong: 'Cela a pris trop de temps et j’ai dû abandonner. Réessayez plus tard.',
  cooldown: 'Attendez {wait} avant de réutiliser cette commande.',
  gone: 'Cette commande n’existe plus. Tapez / pour voir les commandes actuelles.',
  noAnswer: 'La commande s’est terminée sans réponse. Réessayez et prévenez mon responsable si cela se reproduit.',
  unsendable: 'J’ai une réponse, mais Discord ne me laisse pas l’afficher. Essayez d’une autre façon.',
  fileTooLarge: 'Un fichier a été retiré, car il est trop volumineux pour cet endroit.',
  unknown: 'Quelque chose s’est mal passé de mon côté. Réessayez plus tard.',
};
