import type { Plugin } from 'esbuild';

/**
 * Modules of libraries that the exporter never calls, though what it does call names them: to push metrics or collect them from
 * other processes, to sample quantiles, to trace, to write a log in a thread, to download whole mails (with a second copy of its
 * tables). They would be loaded with each start, or scan.
 */
const leftOut: readonly { readonly importer: RegExp; readonly path: RegExp }[] = [
  { importer: /\/prom-client\/index\.js$/, path: /^\.\/lib\/(?:pushgateway|cluster|summary)$/ },
  { importer: /\/prom-client\/lib\/metrics\//, path: /^@opentelemetry\/api$/ },
  { importer: /\/pino\/lib\/transport\.js$/, path: /^thread-stream$/ },
  { importer: /\/imapflow\/dist\/esm\/download\.js$/, path: /^@zone-eu\/mailsplit(?:\/|$)/ },
];

const namespace = 'left-out';

/** Puts in the place of each something that throws an error with its name where it is called after all. */
export const leaveOut: Plugin = {
  name: namespace,
  setup({ onResolve, onLoad }) {
    for (const { importer, path } of leftOut) {
      onResolve({ filter: path }, (found) =>
        importer.test(found.importer) ? { path: found.path, namespace } : undefined,
      );
    }
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = class { constructor() { throw new Error(${JSON.stringify(`${path} is not in the bundle`)}); } };`,
    }));
  },
};
