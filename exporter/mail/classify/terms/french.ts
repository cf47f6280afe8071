import { phrasesOf } from './none.ts';
import type { TopicTerms } from './topic.ts';

/** French terms by topic: a first list, of what vendors' notices say most often. */
export const french: TopicTerms = {
  suspension: phrasesOf({
    says: [
      '(compte|service|serveur|accès|abonnement|hébergement|site|projet|domaine) ~ (suspendu|suspendue|désactivé|désactivée|coupé|coupée|résilié|résiliée|bloqué|bloquée|interrompu|interrompue)',
      '(suspendre|désactiver|résilier|couper) ~ (compte|service|accès|hébergement|serveur|abonnement)',
    ],
    headline: [
      '(suspension|coupure|désactivation|résiliation|interruption) (de|du|des) ~ (compte|service|services|accès|serveur|ligne)',
    ],
  }),
  arrears: phrasesOf({
    says: [
      '(paiement|prélèvement|débit|renouvellement|transaction) ~ (a échoué|échoué|refusé|refusée|rejeté|rejetée|impossible|non abouti|pas abouti|pas pu)',
      '(échec|rejet|refus) (du|de|de votre|de la|des) ~ (paiement|prélèvement|renouvellement|carte|débit)',
      '(facture|factures|montant|solde) ~ (impayée|impayées|impayé|en retard|en souffrance|échue|échues|non réglée|non réglées|non payée|reste due|pas été réglée|pas été payée)',
      "(n'avons pas reçu|pas encore reçu|n'a pas été reçu) ~ (paiement|règlement)",
      '(carte|banque) ~ (refusé|refusée|rejeté|rejetée)',
      '(retard de paiement|impayé|impayés|solde débiteur)',
    ],
    headline: ['(relance|mise en demeure|impayé|impayée|retard de paiement)'],
  }),
  low_balance: phrasesOf({
    says: [
      '(solde|crédit|crédits|forfait|quota|budget) ~ (faible|insuffisant|insuffisants|épuisé|épuisés|presque épuisé|dépassé|atteint|inférieur|bas|est passé sous)',
      '(dépassé|atteint|épuisé|consommé) ~ (budget|quota|forfait|crédit|crédits|seuil)',
      '(il vous reste|plus que) ~ (crédits|crédit|€|eur|sms|unités)',
      '/(7[05]|8\\d|9\\d|1\\d\\d) ?%/ ~ (quota|budget|forfait|crédits|crédit)',
    ],
    headline: ['(solde|crédit|crédits) (faible|insuffisant|bas|épuisé)', 'alerte (budget|solde|quota)'],
  }),
  expiry: phrasesOf({
    says: [
      '(domaine|certificat|licence|abonnement|contrat|carte|forfait|offre|crédits|hébergement|service) ~ (expire|expirent|expiré|expirée|expirera|expireront|arrive à expiration|arrivent à expiration|arrive à échéance|prend fin|se termine)',
    ],
    headline: [
      '(expire|expirent) (le|dans|bientôt|demain|fin)',
      '(arrive à expiration|arrive à échéance)',
      'expiration (de|du|prochaine)',
    ],
  }),
  bill: phrasesOf({
    says: [
      '(veuillez|merci de|nous vous prions de) (régler|payer|effectuer ~ paiement|procéder au paiement)',
      '(facture|montant|règlement) ~ (est disponible|disponible|à payer|à régler|sera prélevé|sera prélevée|est due|échéance)',
      '(à payer|à régler) avant ~ /\\d/',
    ],
    headline: ['(votre|nouvelle) facture', 'facture /\\S*\\d/', 'rappel de (paiement|facture)'],
  }),
  renewal: phrasesOf({
    says: [
      '(sera|seront|est) [automatiquement] (renouvelé|renouvelée|renouvelés|reconduit|reconduite)',
      'se (renouvelle|renouvellera|renouvellent) [automatiquement]',
      '(renouveler|renouvelez) ~ (avant|domaine|abonnement|contrat|licence|certificat)',
    ],
    headline: ['renouvellement (de|du|automatique)'],
  }),
  top_up: phrasesOf({
    says: [
      '(veuillez|pensez à|merci de) (recharger|créditer|approvisionner)',
      'rechargez (votre|le) (compte|solde|crédit)',
    ],
    headline: ['(recharger|rechargez) (votre|le) (compte|crédit)'],
  }),
};

/** What shows that a matter is settled. */
export const frenchSettled: readonly string[] = [
  '(merci|remercions) ~ (commande|renouvellement)',
  '(confirmation|reçu) de (renouvellement|commande)',
  '(a été|ont été|est) [bien|automatiquement] (renouvelé|renouvelée|rechargé|réactivé|réactivée|rétabli|rétablie|payée|réglée|acquittée)',
  '(aucun|aucune) (montant|facture|somme) ~ (due|dû|impayée|en attente|à payer)',
];

/** That a payment has arrived, whatever it was for. */
export const frenchPaymentEvents: readonly string[] = [
  '(paiement|règlement|prélèvement) ~ (reçu|accepté|confirmé|effectué|réussi|validé|bien été reçu)',
  '(reçu|enregistré) (votre|le) (paiement|règlement)',
  '(merci|remercions) ~ (paiement|règlement)',
  '(confirmation|reçu) de paiement',
];

/** What a mail that advertises or gathers news says. */
export const frenchBulk: readonly string[] = [
  '(remise|réduction|promo|promotion|code promo|offre spéciale|soldes|gratuit|infolettre)',
];
