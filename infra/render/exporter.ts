/** What is put into the exporter's container. */

export interface ExporterFile {
  readonly path: string;
  readonly content: string;
  readonly secret: boolean;
}

/** The account file and one file for each secret, in the order of their names. */
export function exporterFiles(
  accounts: string,
  secrets: Readonly<Record<string, string>>,
): readonly ExporterFile[] {
  return [
    { path: '/etc/balance-alert/config.yaml', content: accounts, secret: false },
    ...Object.entries(secrets)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, content]) => ({ path: `/run/secrets/${name}`, content, secret: true })),
  ];
}
