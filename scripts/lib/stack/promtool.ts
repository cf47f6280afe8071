import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderPrometheusConfig } from '../../../infra/render/prometheus.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import type { RuleFile } from '../../../infra/settings/rule-files.ts';
import { run } from '../terminal/process.ts';

/** Prometheus' own check of what it will be given, where promtool is on PATH. */

export interface LintResult {
  /** False where there is no promtool. */
  readonly checked: boolean;
  readonly problems: readonly string[];
}

/**
 * Checks the configuration's syntax and the rules. Files that the configuration names are left alone: they are the
 * container's. The folder is readable by its owner only, because jobs that the user adds can hold credentials.
 */
export async function lintPrometheus(
  settings: Settings,
  rules: readonly RuleFile[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LintResult> {
  const folder = await mkdtemp(join(tmpdir(), 'balance-alert-'));
  try {
    const config = join(folder, 'prometheus.yml');
    await writeFile(config, renderPrometheusConfig(settings.prometheus, settings.alertmanager), {
      mode: 0o600,
    });
    const files: string[] = [];
    for (const [group, texts] of Object.entries({ rules, extra: settings.prometheus.extraRules })) {
      await mkdir(join(folder, group));
      for (const { file, text } of texts) {
        files.push(join(folder, group, file));
        await writeFile(join(folder, group, file), text);
      }
    }
    const problems: string[] = [];
    for (const args of [
      ['check', 'config', '--syntax-only', config],
      ['check', 'rules', ...files],
    ]) {
      const { code, stdout, stderr } = await run('promtool', args, { cwd: folder, environment });
      if (code === 127) return { checked: false, problems: [] };
      if (code !== 0) {
        const said = (stderr.trim() || stdout.trim()).replaceAll(`${folder}/`, '');
        problems.push(`promtool ${args.slice(0, 2).join(' ')}: ${said}`);
      }
    }
    return { checked: true, problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
