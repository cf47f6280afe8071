/** What carries a name of its own on the engine, by the stack's `namePrefix`. */

export const components = ['exporter', 'prometheus', 'alertmanager', 'relay', 'grafana'] as const;

export type ComponentName = (typeof components)[number];

/** Labels on everything that the stack makes on the engine; `scripts/down` and the pre-flight check find it by them. */
export const stackLabel = 'balance-alert.stack';
export const componentLabel = 'balance-alert.component';

export function labelsOf(stack: string, component: string): Readonly<Record<string, string>> {
  return { [stackLabel]: stack, [componentLabel]: component };
}

export interface EngineNames {
  readonly network: string;
  readonly containers: Readonly<Record<ComponentName, string>>;
  readonly volumes: Readonly<Record<ComponentName, string>>;
  /** The tag of the image that is built here. */
  readonly exporterImage: string;
}

/** Container and volume share a name, so that `docker ps` and `docker volume ls` read alike. */
export function engineNames(prefix: string): EngineNames {
  const names = {
    exporter: `${prefix}-exporter`,
    prometheus: `${prefix}-prometheus`,
    alertmanager: `${prefix}-alertmanager`,
    relay: `${prefix}-relay`,
    grafana: `${prefix}-grafana`,
  };
  return { network: prefix, containers: names, volumes: names, exporterImage: `${prefix}-exporter:local` };
}
