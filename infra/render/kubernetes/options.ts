/** What the manifests are rendered from. All names are Kubernetes' (RFC 1123 labels). */
export interface ManifestOptions {
  readonly namespace: string;
  /** With a tag other than `latest`, or a digest. */
  readonly image: string;
  /** The account file's text, valid. */
  readonly accounts: string;
  /** Names of the secrets that it refers to: keys of the Secret. */
  readonly secretNames: readonly string[];
  /** The Secret that holds them; never rendered. */
  readonly secret: string;
  readonly storage: StorageOptions;
  /** Over so many exporters the accounts are split. */
  readonly shards: number;
  readonly scrapeIntervalSeconds: number;
  /** Where Prometheus runs: allowed to scrape. */
  readonly prometheusNamespace: string;
  /** More TCP ports than 443 and 993 that vendors, mail servers and proxies are reached at. */
  readonly egressPorts: readonly number[];
  readonly language: 'en' | 'zh';
  readonly links: { readonly grafana: string; readonly status: string };
  /** Undefined without the Prometheus Operator. */
  readonly operator: OperatorOptions | undefined;
  /** Where the sidecar of Grafana looks for dashboards. */
  readonly grafanaNamespace: string;
  readonly relay: RelayOptions | undefined;
}

export interface StorageOptions {
  /** Such as `1Gi`. */
  readonly size: string;
  /** The cluster's default one where left out. */
  readonly className?: string | undefined;
}

export interface OperatorOptions {
  /** On ServiceMonitor and PrometheusRule, as the selectors of the Prometheus resource want them. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface RelayOptions {
  /** The relay's file, valid; the digest is in it. */
  readonly config: string;
  readonly secretNames: readonly string[];
  /** Where Alertmanager runs: allowed to notify. */
  readonly alertmanagerNamespace: string;
}

/** An object as the API takes it: at least its kind and its name. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}
