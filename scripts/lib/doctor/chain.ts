import type { Check } from './check.ts';
import { alertmanagerChecks } from './checks/alertmanager.ts';
import { channelChecks } from './checks/channels.ts';
import { clockChecks } from './checks/clock.ts';
import { containerChecks } from './checks/containers.ts';
import { driftChecks } from './checks/drift.ts';
import { exporterChecks } from './checks/exporter.ts';
import { grafanaChecks } from './checks/grafana.ts';
import { prometheusChecks } from './checks/prometheus.ts';
import { rulesChecks } from './checks/rules.ts';
import { leftoverChecks } from './checks/stack.ts';
import { vendorChecks } from './checks/vendors.ts';
import { versionChecks } from './checks/versions.ts';
import type { Context } from './subject.ts';

/** The links behind the settings, in the order in which a balance passes them; last, what concerns all of them. */
export function chainOf(context: Context): readonly Check[] {
  const { stack } = context.subject;
  return [
    ...containerChecks(context),
    ...(stack === undefined ? [] : leftoverChecks(stack)),
    ...exporterChecks(context),
    ...vendorChecks(context),
    ...prometheusChecks(context),
    ...rulesChecks(context),
    ...grafanaChecks(context),
    ...alertmanagerChecks(context),
    ...channelChecks(context),
    ...versionChecks(context),
    ...clockChecks(context),
    ...driftChecks(context),
  ];
}
