import { stringify } from 'yaml';

/** Long texts stay on one line and nothing becomes an alias, so that equal settings give equal bytes. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
