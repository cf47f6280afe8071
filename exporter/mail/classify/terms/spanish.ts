import { phrasesOf } from './none.ts';
import type { TopicTerms } from './topic.ts';

/** Spanish terms by topic: a first list, of what vendors' notices say most often. */
export const spanish: TopicTerms = {
  suspension: phrasesOf({
    says: [
      '(cuenta|servicio|servicios|servidor|acceso|suscripción|sitio|proyecto|línea|dominio) ~ (suspendido|suspendida|suspendidos|desactivado|desactivada|bloqueado|bloqueada|cancelado|cancelada|cortado|interrumpido|interrumpida)',
      '(suspendido|suspenderemos|suspender|desactivaremos|desactivar|cortaremos) ~ (cuenta|servicio|acceso|servidor|suscripción)',
    ],
    headline: [
      '(suspensión|corte|desactivación|cancelación|interrupción) (de|del) ~ (cuenta|servicio|servicios|acceso|servidor)',
    ],
  }),
  arrears: phrasesOf({
    says: [
      '(pago|cobro|cargo|renovación|domiciliación|transacción) ~ (rechazado|rechazada|fallido|fallida|ha fallado|falló|devuelto|no se ha podido|no se pudo|no pudo|denegado)',
      '(fallo|error|problema) (en|con|de) (el|su|tu|la) (pago|cobro|cargo|renovación)',
      '(factura|facturas|importe|saldo) ~ (vencida|vencidas|vencido|impagada|impagadas|pendiente de pago|sin pagar|en mora|atrasada)',
      '(no hemos recibido|aún no hemos recibido) ~ (pago|abono)',
      '(tarjeta|banco) ~ (rechazado|rechazada|denegada)',
      '(saldo deudor|saldo negativo|en mora)',
    ],
    headline: ['(impago|morosidad|pago vencido|pago rechazado|pago fallido)'],
  }),
  low_balance: phrasesOf({
    says: [
      '(saldo|crédito|créditos|cuota|presupuesto|bono|límite) ~ (bajo|insuficiente|insuficientes|agotado|agotados|casi agotado|superado|alcanzado|por debajo|inferior)',
      '(superado|alcanzado|agotado|consumido) ~ (presupuesto|cuota|límite|crédito|créditos|umbral)',
      '/(7[05]|8\\d|9\\d|1\\d\\d) ?%/ ~ (cuota|presupuesto|límite|créditos|crédito)',
      '(le quedan|te quedan|solo quedan) /\\d/',
    ],
    headline: ['(saldo|crédito) (bajo|insuficiente|agotado)', 'alerta de (saldo|presupuesto|cuota)'],
  }),
  expiry: phrasesOf({
    says: [
      '(dominio|certificado|licencia|suscripción|contrato|tarjeta|plan|bono|créditos|servicio) ~ (caduca|caducan|caducado|caducará|caducarán|vence|vencen|venció|vencerá|expira|expiran|expirado|expirará|termina|finaliza)',
    ],
    headline: ['(caduca|caducidad|vence|vencimiento|expira|caducará|vencerá)'],
  }),
  bill: phrasesOf({
    says: [
      '(por favor|rogamos|le rogamos) ~ (pague|abone|realice el pago|pagar|abonar)',
      '(factura|importe|pago) ~ (disponible|a pagar|se cobrará|será cargado|con vencimiento|fecha de vencimiento)',
      '(pagar|abonar) antes del ~ /\\d/',
    ],
    headline: ['(su|tu|nueva) factura', 'factura /\\S*\\d/', 'recordatorio de pago'],
  }),
  renewal: phrasesOf({
    says: [
      'se (renovará|renueva|renovarán) [automáticamente]',
      '(renueve|renovar|renueva) ~ (antes|dominio|suscripción|contrato|licencia)',
    ],
    headline: ['renovación (de|del|automática)', 'se renueva'],
  }),
  top_up: phrasesOf({
    says: ['(por favor|debe|rogamos) ~ (recargar|recargue)', '(recargue|recarga) (su|tu) (cuenta|saldo)'],
    headline: ['(recargue|recargar|recarga) (su|tu) (cuenta|saldo)'],
  }),
};

/** What shows that a matter is settled. */
export const spanishSettled: readonly string[] = [
  '(gracias por) ~ (compra|renovar|renovación)',
  '(confirmación|recibo|justificante) de (renovación|compra)',
  '(ha sido|fue|se ha|está) [automáticamente] (renovado|renovada|recargado|recargada|reactivado|reactivada|restablecido|pagada|abonada)',
  '(no tiene|sin) (facturas|pagos|importes|deudas) (pendientes|vencidas)',
];

/** That a payment has arrived, whatever it was for. */
export const spanishPaymentEvents: readonly string[] = [
  '(pago|cobro|abono) ~ (recibido|confirmado|realizado|aceptado|procesado|correctamente|con éxito)',
  '(hemos recibido|recibimos) ~ (pago|abono)',
  '(gracias por) ~ pago',
  '(confirmación|recibo|justificante) de pago',
];

/** What a mail that advertises or gathers news says. */
export const spanishBulk: readonly string[] = [
  '(descuento|descuentos|promoción|oferta|cupón|gratis|boletín|rebajas)',
];
