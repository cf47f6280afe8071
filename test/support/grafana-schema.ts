import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

/** What a release of Grafana knows of classic dashboards, by the types that Grafana publishes with it. */
export interface GrafanaSchema {
  /** Findings on the dashboard itself, without the options of its panels. */
  dashboard(value: unknown): readonly string[];
  /** Findings on a panel's `options`. */
  options(panelType: string, value: unknown): readonly string[];
  /** Findings on `fieldConfig.defaults.custom` of a panel. */
  custom(panelType: string, value: unknown): readonly string[];
}

const root = resolve(import.meta.dirname, '../..');

/**
 * Reads the types of the package `name`, which is `@grafana/schema` of one release. A finding is a path, with
 * `[]` for the places of lists, and what is wrong there: a name that the release does not have, or a value that its
 * type refuses. Types that say nothing (`unknown`, maps) find nothing.
 */
export function grafanaSchema(name: string): GrafanaSchema {
  const folder = join(root, 'node_modules', name, 'dist');
  const files = (...patterns: readonly string[]): readonly string[] =>
    globSync(patterns, { cwd: folder }).map((path) => join(folder, path));
  const [dashboardFile] = files('{types,esm}/raw/dashboard/x/*types.gen.d.ts');
  if (dashboardFile === undefined) throw new Error(`${name} has no types of dashboards below ${folder}`);
  const index = files('index.d.ts', '{types,esm}/index.d.ts');
  const panelFiles = files('{types,esm}/raw/composable/*/panelcfg/x/*types.gen.d.ts');
  const panelFile = (type: string) =>
    panelFiles.find((path) => path.includes(`/composable/${type.replaceAll('-', '')}/panelcfg/`));
  const program = ts.createProgram([dashboardFile, ...index, ...panelFiles], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    // The types of panels of some releases name the package, which has another name here.
    paths: { '@grafana/schema': [...index] },
  });
  const checker = program.getTypeChecker();

  const exported = (path: string, type: string): ts.Type | undefined => {
    const source = program.getSourceFile(path);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    const symbol = module === undefined ? undefined : checker.tryGetMemberInModuleExports(type, module);
    if (symbol === undefined) return undefined;
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return checker.getDeclaredTypeOfSymbol(isAlias ? checker.getAliasedSymbol(symbol) : symbol);
  };
  const ofPanel = (panelType: string, type: string, value: unknown): readonly string[] => {
    const path = panelFile(panelType);
    if (path === undefined) return [`no panel ${panelType}`];
    const declared =
      exported(path, type) ??
      // Grafana 10.0 has the fields of tables only among what all panels share.
      (type === 'FieldConfig' && panelType === 'table'
        ? index.map((main) => exported(main, 'TableFieldOptions')).find((found) => found !== undefined)
        : undefined);
    return declared === undefined ? unknownNames(value) : findings(checker, declared, value, '');
  };
  return {
    dashboard: (value) => {
      const type = exported(dashboardFile, 'Dashboard');
      return type === undefined ? [`no type Dashboard in ${name}`] : findings(checker, type, value, '');
    },
    options: (panelType, value) => ofPanel(panelType, 'Options', value),
    custom: (panelType, value) => ofPanel(panelType, 'FieldConfig', value),
  };
}

/** What a panel makes of settings where it has none. */
function unknownNames(value: unknown): readonly string[] {
  return isObject(value) ? Object.keys(value).map((key) => `${key} is not known`) : [];
}

function findings(checker: ts.TypeChecker, type: ts.Type, value: unknown, path: string): readonly string[] {
  const members = type.isUnion() ? type.types : [type];
  if (members.some(({ flags }) => (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0)) return [];
  if (Array.isArray(value)) {
    const elements = members.flatMap((member) =>
      checker.isArrayType(member) ? checker.getTypeArguments(member as ts.TypeReference) : [],
    );
    if (elements.length === 0) return [`${path} is a list`];
    return value.flatMap((item) => leastWrong(checker, elements, item, `${path}[]`));
  }
  if (isObject(value)) {
    const objects = members.filter((member) => isPlainObject(checker, member));
    return objects.length === 0 ? [`${path} is an object`] : leastWrong(checker, objects, value, path);
  }
  return members.some((member) => accepts(member, value)) ? [] : [`${path} is ${JSON.stringify(value)}`];
}

/** The findings by the type that fits best: of several, a value is meant to be of one. */
function leastWrong(
  checker: ts.TypeChecker,
  types: readonly ts.Type[],
  value: unknown,
  path: string,
): readonly string[] {
  const each = types
    .flatMap((type) => (type.isUnion() ? type.types : [type]))
    .map((type) =>
      isObject(value) && isPlainObject(checker, type)
        ? inObject(checker, type, value, path)
        : findings(checker, type, value, path),
    );
  return each.reduce((best, other) => (other.length < best.length ? other : best));
}

function inObject(
  checker: ts.TypeChecker,
  type: ts.Type,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly string[] {
  const indexed = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  return Object.entries(value).flatMap(([key, item]) => {
    const property = checker.getPropertyOfType(type, key);
    const inside = path === '' ? key : `${path}.${key}`;
    if (property !== undefined) return findings(checker, checker.getTypeOfSymbol(property), item, inside);
    return indexed === undefined ? [`${inside} is not known`] : findings(checker, indexed, item, path);
  });
}

function isPlainObject(checker: ts.TypeChecker, type: ts.Type): boolean {
  const structured = ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive;
  return (type.flags & structured) !== 0 && !checker.isArrayType(type);
}

function accepts(type: ts.Type, value: unknown): boolean {
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value === value;
  if ((type.flags & ts.TypeFlags.BooleanLiteral) !== 0) return typeof value === 'boolean';
  const flag = {
    string: ts.TypeFlags.String,
    number: ts.TypeFlags.Number,
    boolean: ts.TypeFlags.Boolean,
    object: ts.TypeFlags.Null,
  }[typeof value as string];
  return flag !== undefined && (type.flags & flag) !== 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
