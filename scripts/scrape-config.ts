import { resolve } from 'node:path';
import { ruleFiles } from '../infra/render/content.ts';
import { renderScrapeFile, renderScrapeFiles } from '../infra/render/scrape/files.ts';
import { reportWritten, writeOwnFiles } from './lib/render/owned-files.ts';
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
  reportWritten(out, await writeOwnFiles(resolve(out), files, scrapeConfigUsage.script), print);
});
