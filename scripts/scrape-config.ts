import { resolve } from 'node:path';
import { ruleFiles } from '../infra/render/content.ts';
import { renderScrapeFile, renderScrapeFiles } from '../infra/render/scrape/files.ts';
import { writeOwnFiles } from './lib/render/owned-files.ts';
import { readScrapeRequest, scrapeConfigUsage } from './lib/render/scrape-request.ts';
import { readFlags } from './lib/terminal/arguments.ts';
import { runScript } from './lib/terminal/failure.ts';

/** `scripts/scrape-config`: the scrape job for a Prometheus that the stack does not run. */

await runScript(scrapeConfigUsage.script, async () => {
  const print = (text: string) => process.stdout.write(text);
  const flags = readFlags(scrapeConfigUsage, process.argv.slice(2), print);
  if (flags === undefined) return;
  const { links, out, ...request } = readScrapeRequest(flags);
  if (out === undefined) {
    print(renderScrapeFile(request));
    return;
  }
  const files = renderScrapeFiles({ ...request, rules: ruleFiles(links) });
  const { written, removed } = await writeOwnFiles(resolve(out), files, scrapeConfigUsage.script);
  for (const path of written) print(`wrote ${out}/${path}\n`);
  for (const path of removed) print(`removed ${out}/${path}\n`);
  if (written.length + removed.length === 0) print(`${out} is up to date\n`);
});
