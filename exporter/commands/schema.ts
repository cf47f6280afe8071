import { accountFileJsonSchemaText } from '../account-file/json-schema.ts';

/** `balance-alert schema`: prints the JSON Schema of the account file. */
export function runSchema(write: (text: string) => void): void {
  write(accountFileJsonSchemaText());
}
