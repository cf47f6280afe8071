import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { DashboardSource } from '../render/content.ts';
import { overviewPath } from '../render/content.ts';
import { dataSourceOf } from '../render/data-source.ts';
import { engineNames } from '../render/names.ts';
import { prometheusQueryOf } from '../render/prometheus-query.ts';
import { botReceivers } from '../render/relay.ts';
import type { EngineSettings } from '../settings/engine.ts';
import { sshOptionsOf } from '../settings/engine.ts';
import type { Settings } from '../settings/parse.ts';
import type { RuleFile } from '../settings/rule-files.ts';
import { Alertmanager } from './alertmanager.ts';
import { ClosedAccess } from './closed-access.ts';
import { Exporter } from './exporter.ts';
import { ExternalGrafana } from './external-grafana.ts';
import { Grafana } from './grafana.ts';
import { Network } from './network.ts';
import { childOf } from './options.ts';
import { Prometheus } from './prometheus.ts';
import { Relay } from './relay.ts';
import type { Placement } from './service.ts';

export interface MonitoringStackArgs {
  readonly settings: Settings;
  readonly rules: readonly RuleFile[];
  readonly dashboards: readonly DashboardSource[];
}

/** Everything on one Docker engine: exporter, Prometheus, Alertmanager, the relay to chat bots and Grafana on a network of their own. */
export class MonitoringStack extends pulumi.ComponentResource {
  /** Secret; of a managed Grafana. */
  readonly grafanaPassword: pulumi.Output<string> | undefined;
  /** Of a stack with TLS and passwords. */
  readonly closed: ClosedAccess | undefined;
  /** Of network, containers and the exporter's image, as the engine knows them. */
  readonly ids: pulumi.Output<
    Readonly<Record<'network' | 'exporter' | 'exporterImage', string>> & {
      /** Where the stack runs one. */
      readonly prometheus?: string;
      readonly alertmanager?: string;
      readonly relay?: string;
      readonly grafana?: string;
    }
  >;

  constructor(name: string, args: MonitoringStackArgs, opts?: pulumi.ComponentResourceOptions) {
    super('balance-alert:stack:MonitoringStack', name, {}, opts);
    const { settings } = args;
    const names = engineNames(settings.namePrefix);
    const engine = new docker.Provider(`${name}-engine`, providerArgs(settings.engine), childOf(this));
    const child: pulumi.ComponentResourceOptions = { parent: this, providers: [engine] };

    const network = new Network(
      `${name}-network`,
      { networkName: names.network, stack: settings.stack },
      child,
    );
    const { tls } = settings;
    const closed = tls === undefined ? undefined : new ClosedAccess(`${name}-access`, { tls, names }, child);
    this.closed = closed;
    const placement: Placement = { ...settings, names, network: network.networkName, closed };
    const prometheusQuery = prometheusQueryOf(settings);
    const exporter = new Exporter(
      `${name}-exporter`,
      {
        placement,
        image: settings.images.exporter,
        options: {
          accounts: settings.accounts.text,
          secrets: settings.accounts.secrets,
          serving: settings.exporter,
          prometheusQuery,
        },
        ports: settings.ports,
        links: {
          dashboard:
            settings.grafana.mode === 'none' ? undefined : `${settings.publicUrls.grafana}${overviewPath}`,
          prometheus: settings.prometheus.mode === 'none' ? undefined : settings.publicUrls.prometheus,
          language: settings.language,
        },
      },
      child,
    );
    const prometheus =
      settings.prometheus.mode === 'managed'
        ? new Prometheus(
            `${name}-prometheus`,
            {
              placement,
              image: settings.images.prometheus,
              settings: settings.prometheus,
              alertmanager: settings.alertmanager,
              rules: args.rules,
              publicUrl: settings.publicUrls.prometheus,
            },
            child,
          )
        : undefined;
    const alertmanager =
      settings.alertmanager.mode === 'managed'
        ? new Alertmanager(
            `${name}-alertmanager`,
            {
              placement,
              image: settings.images.alertmanager,
              settings: settings.alertmanager,
              language: settings.language,
              port: settings.alertmanager.port,
              publicUrl: settings.publicUrls.alertmanager,
            },
            child,
          )
        : undefined;
    const bots = botReceivers(settings.alertmanager);
    const relay =
      Object.keys(bots).length === 0
        ? undefined
        : new Relay(
            `${name}-relay`,
            {
              placement,
              image: exporter.imageId,
              bots,
              digest:
                settings.digest === undefined || prometheusQuery === undefined
                  ? undefined
                  : { settings: settings.digest, prometheus: prometheusQuery },
              language: settings.language,
            },
            child,
          );
    const grafana = this.#grafana(name, args, placement, child);
    this.grafanaPassword = grafana?.adminPassword;
    this.ids = pulumi.output({
      network: network.networkId,
      exporter: exporter.containerId,
      exporterImage: exporter.imageId,
      ...(prometheus === undefined ? {} : { prometheus: prometheus.containerId }),
      ...(alertmanager === undefined ? {} : { alertmanager: alertmanager.containerId }),
      ...(relay === undefined ? {} : { relay: relay.containerId }),
      ...(grafana === undefined ? {} : { grafana: grafana.containerId }),
    });
    this.registerOutputs({ grafanaPassword: this.grafanaPassword, ids: this.ids });
  }

  /** The Grafana that the stack runs, or what is ours in one that it does not. */
  #grafana(
    name: string,
    { settings, dashboards }: MonitoringStackArgs,
    placement: Placement,
    child: pulumi.ComponentResourceOptions,
  ): Grafana | undefined {
    const dataSource = dataSourceOf(settings);
    if (dataSource === undefined || settings.grafana.mode === 'none') return undefined;
    if (settings.grafana.mode === 'managed')
      return new Grafana(
        `${name}-grafana`,
        {
          placement,
          image: settings.images.grafana,
          settings: settings.grafana,
          language: settings.language,
          publicUrl: settings.publicUrls.grafana,
          dataSource,
          dashboards,
        },
        child,
      );
    new ExternalGrafana(
      `${name}-grafana`,
      {
        settings: settings.grafana,
        dataSourceName: settings.namePrefix,
        dataSource,
        dashboards,
        closed: placement.closed,
      },
      child,
    );
    return undefined;
  }
}

/**
 * The provider's arguments. The host is always given: left out, one half of the plugin would look further than
 * the other. Key material and registry passwords are wrapped, because the provider's own schema marks none of them
 * secret and they would stand in clear in the state.
 */
function providerArgs(engine: EngineSettings): docker.ProviderArgs {
  const sshOpts = sshOptionsOf(engine);
  return {
    host: engine.host,
    ...(sshOpts === undefined ? {} : { sshOpts: [...sshOpts] }),
    ...(engine.certPath === undefined ? {} : { certPath: engine.certPath }),
    ...(engine.caMaterial === undefined ? {} : { caMaterial: pulumi.secret(engine.caMaterial) }),
    ...(engine.certMaterial === undefined ? {} : { certMaterial: pulumi.secret(engine.certMaterial) }),
    ...(engine.keyMaterial === undefined ? {} : { keyMaterial: pulumi.secret(engine.keyMaterial) }),
    ...(engine.registryAuth === undefined
      ? {}
      : {
          registryAuth: pulumi.secret(
            engine.registryAuth.map(({ address, username, password }) => ({
              address,
              ...(username === undefined ? {} : { username }),
              ...(password === undefined ? {} : { password }),
            })),
          ),
        }),
  };
}
