/** Where a container of a stack with `tls: true` has its certificates and passwords. */

const folder = '/etc/balance-alert/tls';

/** Of the authority: what a client of the stack trusts. */
export const caPath = `${folder}/ca.crt`;
/** Of the services' user. */
export const passwordPath = `${folder}/password`;
export const certificatePath = `${folder}/server.crt`;
export const keyPath = `${folder}/server.key`;
/** In the format of Prometheus' exporter-toolkit, which Prometheus, Alertmanager and the exporter read. */
export const webConfigPath = `${folder}/web.yml`;
/** How to ask the others, in the format that promtool, amtool and the exporter read. */
export const clientConfigPath = `${folder}/client.yml`;
/** A line of HTTP with the services' credentials, for a wget that reads no such file. */
export const headerPath = `${folder}/header`;
