import type { Language, Translate } from '../../dashboards/language.ts';
import { translatorFor } from '../../dashboards/language.ts';
import { alertWords, topicWords, words } from '../../exporter/relay/words.ts';

/**
 * Alertmanager's templates of notifications, one file, in one language. Alertmanager parses template files when it
 * starts; a mistake in a text inside a receiver would instead fail each of its notifications.
 *
 * What is said of an alert comes from its labels and from the annotations of the rules (`rules/facts.ts`). What a
 * resolved alert's annotations say is old, so of those only the name is shown.
 */

export interface TemplateFile {
  /** Without a folder. */
  readonly file: string;
  readonly text: string;
}

/** How a channel writes. Each function takes and returns a piece of a template. */
interface Format {
  readonly name: string;
  /** Alerts that are listed; the channel would cut a longer message somewhere, in the middle of a tag at worst. */
  readonly maxAlerts: number;
  /** A pipeline whose value comes from outside, as an action. */
  readonly value: (pipeline: string) => string;
  readonly strong: (text: string) => string;
  /** A pipeline with a URL, and words. */
  readonly link: (pipeline: string, label: string) => string;
  readonly newline: string;
  /** Whether the channel shows a title of its own, so that a single alert needs no heading in the text. */
  readonly titled: boolean;
}

/** Cut to what fits a line, and without line breaks. */
const line = (pipeline: string) => `${pipeline} | reReplaceAll "[[:cntrl:]]+" " " | printf "%.120s"`;

const plain: Format = {
  name: 'text',
  maxAlerts: 10,
  value: (pipeline) => `{{ ${line(pipeline)} }}`,
  strong: (text) => text,
  link: (pipeline, label) => `${label}{{ ${pipeline} }}`,
  newline: '\n',
  titled: false,
};

/** At most 2048 bytes, and Alertmanager does not cut it. */
const wecom: Format = { ...plain, name: 'wecom', maxAlerts: 2 };

const slack: Format = {
  name: 'slack',
  maxAlerts: 10,
  value: (pipeline) =>
    `{{ ${line(pipeline)} | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}`,
  strong: (text) => `*${text}*`,
  link: (pipeline, label) => `<{{ ${pipeline} | reReplaceAll "&" "&amp;" }}|${label}>`,
  newline: '\n',
  titled: true,
};

/** Discord and Mattermost. An "@" could call everybody in the room. */
const markdown: Format = {
  name: 'markdown',
  maxAlerts: 5,
  value: (pipeline) =>
    `{{ ${line(pipeline)} | reReplaceAll "([\\\\\\\\\`*_~\\\\[\\\\]()<>|#])" "\\\\$1" | reReplaceAll "@" "@\u200b" }}`,
  strong: (text) => `**${text}**`,
  link: (pipeline, label) => `[${label}]({{ ${pipeline} | reReplaceAll "[)]" "%29" }})`,
  newline: '\n',
  titled: true,
};

/** A single line break counts as a space. */
const teams: Format = { ...markdown, name: 'teams', newline: '\n\n' };

/** Values are escaped by Alertmanager, which knows the place in the HTML. */
const telegram: Format = {
  name: 'telegram',
  maxAlerts: 5,
  value: plain.value,
  strong: (text) => `<b>${text}</b>`,
  link: (pipeline, label) => `<a href="{{ ${pipeline} }}">${label}</a>`,
  newline: '\n',
  titled: false,
};

const html: Format = { ...telegram, name: 'html', maxAlerts: 50, newline: '<br>\n' };

/** The template file in a language. */
export function messageTemplates(language: Language): readonly TemplateFile[] {
  const translate = translatorFor(language);
  const text = [
    ...shared(translate, language),
    ...[plain, wecom, slack, markdown, teams, telegram, html].flatMap((format) => body(format, translate)),
  ].join('\n');
  return [{ file: `balance-alert.${language}.tmpl`, text: `${text}\n` }];
}

const define = (name: string, content: string) =>
  `{{ define "balance_alert.${name}" -}}\n${content}\n{{- end }}`;

/** A chain of comparisons, with a fallback; texts are ours and hold nothing that a format would read. */
function choice(pipeline: string, cases: Readonly<Record<string, string>>, fallback: string): string {
  const [first, ...rest] = Object.entries(cases).map(([key, text]) => `if eq ${pipeline} "${key}" }}${text}`);
  return `{{ ${first ?? 'if false }}'}{{ ${rest.map((one) => `else ${one}{{ `).join('')}else }}${fallback}{{ end }}`;
}

function shared(translate: Translate, language: Language): readonly string[] {
  const of = (part: 'what' | 'action') =>
    Object.fromEntries(Object.entries(alertWords).map(([name, entry]) => [name, translate(entry[part])]));
  const topics = Object.fromEntries(
    Object.entries(topicWords).map(([topic, text]) => [topic, translate(text)]),
  );
  const summary = plain.value('.Annotations.summary');
  return [
    `{{/* Notifications of balance-alert (${language}), rendered by infra/render/messages.ts. */}}`,
    define('what', choice('.Labels.alertname', of('what'), summary)),
    define('action', choice('.Labels.alertname', of('action'), '')),
    define('topic', choice('.Labels.topic', topics, plain.value('.Labels.topic'))),
    define(
      'icon',
      '{{ if eq .Status "resolved" }}✅{{ else if eq .Labels.severity "critical" }}🔴{{ else if eq .Labels.severity "warning" }}🟠{{ else }}🔵{{ end }}',
    ),
    define('dashboard_url', '{{ with index .Alerts 0 }}{{ .Annotations.dashboard_url }}{{ end }}'),
    define(
      'colour',
      '{{ if eq .Status "resolved" }}#2eb67d{{ else if eq (index .Alerts 0).Labels.severity "critical" }}#d63232{{ else if eq (index .Alerts 0).Labels.severity "warning" }}#e8912d{{ else }}#439fe0{{ end }}',
    ),
    define(
      'pagerduty_severity',
      '{{ $severity := (index .Alerts 0).Labels.severity }}{{ if match "^(critical|warning|info)$" $severity }}{{ $severity }}{{ else }}info{{ end }}',
    ),
  ];
}

const someSubject = 'or .Labels.project .Labels.name .Labels.mailbox .Labels.channel';

function subject({ value }: Format): string {
  return `{{ if .Labels.project }}${value('.Labels.project')}{{ with .Labels.provider }} (${value('.')}){{ end }}{{ else if .Labels.name }}${value('.Labels.name')}{{ else if .Labels.mailbox }}${value('.Labels.mailbox')}{{ else }}${value('.Labels.channel')}{{ end }}`;
}

/** The title, and the list of alerts in a format: those that fire first. */
function body(format: Format, translate: Translate): readonly string[] {
  const { name, maxAlerts, newline, strong, titled } = format;
  const resolved = `✅ ${translate(words.resolved)}${translate(words.colon)}`;
  const about = `{{ if ${someSubject} }} · ${subject(format)}{{ end }}`;
  const what = '{{ template "balance_alert.what" . }}';
  const title = `{{ with index .Alerts 0 }}{{ if eq $.Status "resolved" }}${resolved}{{ else }}{{ template "balance_alert.icon" . }} {{ end }}${what}{{ if eq (len $.Alerts) 1 }}${about}{{ else }} ({{ len $.Alerts }}){{ end }}{{ end }}`;
  const heading = `{{ template "balance_alert.icon" . }} ${strong(what)}${about}${newline}`;
  const list = (kind: 'Firing' | 'Resolved', alert: string) =>
    `{{ range $index, $alert := .Alerts.${kind} }}{{ if lt $index ${maxAlerts} }}${alert}${newline}{{ end }}{{ end }}`;
  const tooMany = (kind: 'Firing' | 'Resolved') => `(gt (len .Alerts.${kind}) ${maxAlerts})`;
  const [before = '', after = ''] = translate(words.more).split('%s');
  return [
    define(`title.${name}`, title),
    define(`details.${name}`, details(format, translate)),
    define(
      name,
      [
        list(
          'Firing',
          `${titled ? `{{ if gt (len $.Alerts) 1 }}${heading}{{ end }}` : heading}{{ template "balance_alert.details.${name}" . }}`,
        ),
        list('Resolved', `${resolved}${what}${about}`),
        `{{ if or ${tooMany('Firing')} ${tooMany('Resolved')} }}${before}{{ len .Alerts }}${after}{{ end }}`,
      ].join(''),
    ),
  ];
}

/** What is known of an alert that fires, each on a line, and where to go. */
function details({ name, value, link, newline }: Format, translate: Translate): string {
  const label = (word: keyof typeof words) => `${translate(words[word])}${translate(words.colon)}`;
  const line = (condition: string, content: string) => `{{ if ${condition} }}${content}${newline}{{ end }}`;
  const unit = '{{ if .Labels.unit }} {{ .Labels.unit }}{{ end }}';
  // Bare URLs take a line each.
  const bare = name === 'text' || name === 'wecom';
  const links = (['dashboard', 'runbook', 'console', 'status'] as const)
    .filter((word) => name !== 'wecom' || word !== 'runbook')
    .map((word) => {
      const url = `.Annotations.${word}_url`;
      const separator = word === 'dashboard' ? '' : bare ? newline : ' · ';
      return `{{ if ${url} }}${separator}${link(url, bare ? label(word) : translate(words[word]))}{{ end }}`;
    });
  return [
    line(
      '.Annotations.left',
      `${label('left')}{{ .Annotations.left }}${unit}{{ with .Annotations.threshold }} (${translate(words.threshold)} {{ . }}){{ end }}`,
    ),
    line(
      '.Annotations.days_left',
      `${label('lasts')}{{ .Annotations.days_left }} ${translate(words.days)}{{ with .Annotations.runs_dry }} (${translate(words.runsDry)} {{ . }}){{ end }}`,
    ),
    line('.Annotations.amount', `${label('amount')}{{ .Annotations.amount }}`),
    line(
      '.Annotations.renews_in_days',
      `${label('renews')}{{ .Annotations.renews_in_days }} ${translate(words.days)}{{ with .Annotations.due_date }} ({{ . }}){{ end }}`,
    ),
    line(
      'and .Annotations.due_date (not .Annotations.renews_in_days)',
      `${label('overdueSince')}{{ .Annotations.due_date }}`,
    ),
    line('.Labels.topic', `${label('topic')}{{ template "balance_alert.topic" . }}`),
    `{{ if not (or .Annotations.left .Annotations.days_left .Annotations.amount .Annotations.due_date .Labels.topic) }}${line('.Annotations.description', value('.Annotations.description'))}{{ end }}`,
    line('.Labels.account_owner', `${label('owner')}${value('.Labels.account_owner')}`),
    `${label('action')}{{ template "balance_alert.action" . }}${newline}`,
    ...links,
    newline,
  ].join('');
}
