import { definitionOf, type MetricDefinition, metricNames } from '../exporter/metrics/catalog.ts';
import { isAlert, ruleGroups } from '../rules/index.ts';

const head = `# Metrics

<!-- Made by \`npm run generate\` from exporter/metrics/catalog.ts and rules/; edits here are lost. -->

Served at \`/metrics\` of the exporter (job \`balance-alert\`), and those of the relay by \`balance-alert relay\` (job \`balance-alert-relay\`). \`project\` is the account's name. Labels in brackets are only on
some of the series. *stable* names stay; *compatible* ones are kept for queries that were written for the replaced system.
`;

/** The text of \`docs/metrics.md\`: the catalogue as a table, and the series that the rules record. */
export function renderMetricsPage(): string {
  const served = metricNames.map((name) => servedRow(name, definitionOf(name)));
  const lint = metricNames.flatMap((name) => {
    const { lint: reason } = definitionOf(name);
    return reason === undefined ? [] : [`- \`${name}\`: ${reason}.`];
  });
  const recorded = ruleGroups().flatMap((group) =>
    group.rules.flatMap((rule) =>
      isAlert(rule)
        ? []
        : [`| \`${rule.record}\` | ${group.interval ?? 'evaluation interval'} | ${cell(rule.why)} |`],
    ),
  );
  return `${head}
| metric | type | unit | labels | meaning | promise |
|---|---|---|---|---|---|
${served.join('\n')}

\`promtool check metrics\` reports these names, on purpose:

${lint.join('\n')}

## Recorded by the rules

| series | every | what it is for |
|---|---|---|
${recorded.join('\n')}
`;
}

function servedRow(
  name: string,
  { type, unit, labels, optionalLabels = [], help, stability }: MetricDefinition,
): string {
  const names = [
    ...labels.map((label) => `\`${label}\``),
    ...optionalLabels.map((label) => `[\`${label}\`]`),
  ];
  return `| \`${name}\` | ${type} | ${cell(unit)} | ${names.join(', ')} | ${cell(help)} | ${stability} |`;
}

/** Keeps a text inside its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
