import { caPath, headerPath, passwordPath } from './paths.ts';

/** How the services of a stack with `tls: true` ask each other. */

/** The user of the services; people have one of their own, so that its password can change without them. */
export const serviceUser = 'balance-alert';

/** The user of people, and of servers outside of the stack. */
export const webUser = 'admin';

/** As Prometheus and Alertmanager configure an HTTP client. The password is a file, so that no configuration holds it. */
export const serviceClient = {
  basic_auth: { username: serviceUser, password_file: passwordPath },
  tls_config: { ca_file: caPath },
} as const;

/** What a scrape job or a list of Alertmanagers has beside its targets. */
export function schemeOf(closed: boolean): object {
  return closed ? { scheme: 'https', ...serviceClient } : {};
}

/** Asks a service in its own container. The password comes from a file, so that `docker inspect` shows none. */
export const closedWget = `wget --no-check-certificate --header "$(cat ${headerPath})"`;
