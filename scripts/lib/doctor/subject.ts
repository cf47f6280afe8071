import type { DashboardSource, OwnRuleFile } from '../../../infra/render/content.ts';
import type { ComponentName } from '../../../infra/render/names.ts';
import type { Settings } from '../../../infra/settings/parse.ts';
import type { Engine } from '../docker/engine.ts';
import type { StackState } from '../pulumi/state.ts';
import type { Sample } from '../stack/samples.ts';
import type { AskOptions, Server } from './ask.ts';
import type { Inspection } from './inspect.ts';

/** What is examined: the servers of the chain, what they should have, and the stack around them where there is one. */

export interface Subject {
  readonly exporter: Server;
  /** Where the API of the status page is; undefined where it is not known. */
  readonly status: Server | undefined;
  readonly prometheus: Server | undefined;
  readonly alertmanager: Server | undefined;
  readonly grafana: Server | undefined;
  /** Who runs each: the stack, or somebody else. */
  readonly managed: Readonly<Record<'prometheus' | 'alertmanager' | 'grafana', boolean>>;
  readonly rules: readonly OwnRuleFile[];
  readonly dashboards: readonly DashboardSource[];
  /** Uid and, where it is ours to say, the URL of the data source of the dashboards. */
  readonly dataSource: { readonly uid: string; readonly url?: string } | undefined;
  readonly stack: StackSubject | undefined;
}

/** Of a setup that Pulumi made. */
export interface StackSubject {
  readonly settings: Settings;
  /** What the last run made. */
  readonly state: StackState;
  readonly engine: Engine;
  /** The account file's text and the secrets that belong into the exporter; undefined where they are not valid. */
  readonly deployed:
    | { readonly accounts: string; readonly secrets: Readonly<Record<string, string>> }
    | undefined;
  /** The text of Alertmanager's configuration, where the stack runs one and its receivers could be read. Secret. */
  readonly alertmanagerConfig: string | undefined;
  /** Takes the credentials of receivers out of a text. */
  readonly redact: (text: string) => string;
  /** The revision that the exporter is built from in this checkout; undefined where its image is given. */
  readonly revision: () => Promise<string | undefined>;
}

/** What checks share. Everything is asked once, however many checks look at it. */
export interface Context extends AskOptions {
  readonly subject: Subject;
  /** The stack's containers as they are, by component; none without a stack. */
  readonly containers: (signal: AbortSignal) => Promise<ReadonlyMap<ComponentName, Inspection>>;
  /** The exporter's page of metrics. */
  readonly samples: (signal: AbortSignal) => Promise<readonly Sample[]>;
}
