import { phrasesOf } from './none.ts';
import type { TopicTerms } from './topic.ts';

/** German terms by topic: a first list, of what vendors' notices say most often. */
export const german: TopicTerms = {
  suspension: phrasesOf({
    says: [
      '(konto|account|dienst|service|server|zugang|zugriff|vertrag|domain|hosting|website|projekt) ~ (gesperrt|abgeschaltet|deaktiviert|eingestellt|suspendiert|stillgelegt|gekündigt)',
      '(sperren|deaktivieren|kündigen) wir ~ (konto|dienst|zugang|server|vertrag|account)',
    ],
    headline: [
      '(sperrung|abschaltung|deaktivierung|sperrandrohung|zugangssperre)',
      '(gesperrt|abgeschaltet|deaktiviert)',
    ],
  }),
  arrears: phrasesOf({
    says: [
      '(rechnung|zahlung|betrag|forderung|rechnungen|beitrag) ~ (überfällig|unbezahlt|nicht bezahlt|nicht beglichen|noch offen|nicht eingegangen|fällig seit|in verzug)',
      '(zahlung|lastschrift|abbuchung|einzug|verlängerung|belastung) ~ (fehlgeschlagen|abgelehnt|nicht möglich|zurückgegeben|gescheitert|geplatzt|nicht durchgeführt|nicht erfolgreich)',
      '(keine|noch keine) (zahlung|gutschrift) ~ (erhalten|eingegangen|feststellen|verbuchen)',
      '(konnten|konnte) ~ (nicht abbuchen|nicht einziehen|nicht belasten|nicht belastet|nicht abgebucht|nicht eingezogen)',
      '(offener|ausstehender|überfälliger) (betrag|saldo)',
      '(karte|kreditkarte|bank) ~ (abgelehnt|zurückgewiesen)',
    ],
    headline: ['(mahnung|zahlungserinnerung|zahlungsverzug|rücklastschrift|inkasso|zahlungsausfall)'],
  }),
  low_balance: phrasesOf({
    says: [
      '(guthaben|saldo|kontostand|kontingent|budget|credits|volumen) ~ (nur noch|niedrig|fast aufgebraucht|aufgebraucht|fast leer|erschöpft|verbraucht|unterschritten|überschritten|reicht nicht|nicht ausreichend|unter)',
      '(budget|kontingent|limit|schwellenwert) ~ (überschritten|erreicht|ausgeschöpft|unterschritten)',
      '/(7[05]|8\\d|9\\d|1\\d\\d) ?%/ ~ (kontingents|budgets|guthabens|limits|volumens|inklusivvolumens) ~ (verbraucht|erreicht|genutzt|aufgebraucht)',
      '(niedriges|geringes|zu wenig|kein) guthaben',
    ],
    headline: ['guthaben ~ (niedrig|aufgebraucht|leer|erschöpft)', '(guthabenwarnung|budgetwarnung)'],
  }),
  expiry: phrasesOf({
    says: [
      '(domain|zertifikat|lizenz|abo|abonnement|vertrag|tarif|paket|karte|kreditkarte|guthaben|testphase|wartung|server) ~ (läuft|laufen) ~ (ab|aus)',
      '(domain|zertifikat|lizenz|abo|abonnement|vertrag|tarif|paket|karte|kreditkarte|guthaben|testphase) ~ (abgelaufen|verfällt|endet|ist ungültig|erlischt)',
    ],
    headline: ['(läuft|laufen) ~ ab', '(ablauf|abgelaufen)'],
  }),
  bill: phrasesOf({
    says: [
      '(bitte|wir bitten) ~ (überweisen|begleichen|bezahlen|zahlen)',
      '(rechnung|zahlung|betrag|rechnungsbetrag) ~ (fällig|zahlbar|wird abgebucht|wird eingezogen|steht bereit|verfügbar)',
      '(zahlbar|fällig) (bis|am|zum|innerhalb) ~ /\\d/',
    ],
    headline: ['(ihre|neue) (rechnung|abrechnung)', 'rechnung /\\S*\\d/', 'rechnung (für|vom|nr)'],
  }),
  renewal: phrasesOf({
    says: [
      '(verlängert|verlängern) sich ~ (automatisch|am|um|zum)',
      '(abo|abonnement|vertrag|domain|tarif|lizenz|mitgliedschaft) ~ wird ~ verlängert',
      'bitte verlängern',
    ],
    headline: ['(verlängerung|vertragsverlängerung|aboverlängerung)'],
  }),
  top_up: phrasesOf({
    says: ['(bitte|jetzt) ~ (aufladen|auffüllen|laden sie ~ auf)', 'laden sie ~ (guthaben|konto) auf'],
    headline: ['(guthaben|konto) aufladen'],
  }),
};

/** What shows that a matter is settled. */
export const germanSettled: readonly string[] = [
  'auftragsbestätigung',
  '(vielen dank|danke|wir danken) ~ (verlängerung|bestellung)',
  '(rechnung|rechnungen|betrag) ~ (wurde|ist|sind|wurden) [bereits|vollständig] (bezahlt|beglichen|ausgeglichen)',
  // At the start only: a service that is blocked "bis die Rechnung bezahlt ist" is not settled.
  '/^(ihre )?rechnung ((nr\\.? ?)?[\\d-]+ )?(bezahlt|beglichen)\\b/',
  '(wurde|ist) [erfolgreich] (verlängert|aufgeladen|wiederhergestellt|reaktiviert|entsperrt|freigeschaltet)',
  'keine (offenen|ausstehenden) (rechnungen|beträge|forderungen)',
];

/** That a payment has arrived, whatever it was for. */
export const germanPaymentEvents: readonly string[] = [
  '(zahlungseingang|zahlungsbestätigung|zahlungsbeleg|quittung)',
  '(zahlung|betrag|überweisung) ~ (erhalten|eingegangen|verbucht|erfolgreich|bestätigt)',
  '(vielen dank|danke|wir danken) ~ (zahlung|überweisung)',
];

/** What a mail that advertises or gathers news says. */
export const germanBulk: readonly string[] = [
  '(rabatt|gutschein|gutscheine|aktion|sonderangebot|newsletter|gratis)',
];
