/**
 * What the server gets to know of the editor's settings.
 *
 * Only what somebody set: VS Code fills the rest in from the manifest's defaults, and those would
 * outrank the project's own files.
 */

/** A setting as `WorkspaceConfiguration.inspect` shows it, as far as it matters here. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
}

/** Settings of this extension alone. */
const OWN = new Set(['path', 'trace.server']);

/**
 * What a folder may decide: how docstrings look. Whatever is not named here is the user's own, also
 * settings that are yet to come: addresses, keys, budgets, paths.
 */
const OPEN =
  /^(style|scope|line-length|include|exclude|python|rust|lint|editor|provider|trace)(\.|$)|^prompts\.instructions$/;

/** Whether a setting may come from the user only, never from a workspace. */
export function isPersonal(key: string): boolean {
  return !OPEN.test(key);
}

/**
 * The value that holds for a setting, `undefined` when nobody set it.
 *
 * A workspace may forbid remote providers (`offline`), as a project's own file may; it may not
 * choose one.
 */
export function heeded(key: string, found: Inspected | undefined, isTrusted: boolean): unknown {
  const fromWorkspace = found?.workspaceValue;
  const mayDecide =
    isTrusted && !isPersonal(key) && (key !== 'provider' || fromWorkspace === 'offline');
  return mayDecide && fromWorkspace !== undefined ? fromWorkspace : found?.globalValue;
}

/**
 * The settings for the server, by dotted key without the section's name.
 *
 * In a folder that is not trusted the embedded provider writes, whatever was chosen elsewhere, and
 * no address, key or collector is handed over.
 */
export function explicitSettings(
  keys: readonly string[],
  inspect: (key: string) => Inspected | undefined,
  isTrusted: boolean,
): Record<string, unknown> {
  const chosen: Record<string, unknown> = {};
  for (const key of keys) {
    if (OWN.has(key) || (!isTrusted && isPersonal(key))) {
      continue;
    }
    const value = heeded(key, inspect(key), isTrusted);
    if (value !== undefined && value !== null) {
      chosen[key] = value;
    }
  }
  if (!isTrusted) {
    chosen['provider'] = 'offline';
  }
  return chosen;
}

/** The keys below `section` in the `contributes.configuration` of a manifest. */
export function contributedKeys(manifest: unknown, section: string): string[] {
  const contributes = property(manifest, 'contributes');
  const groups = property(contributes, 'configuration');
  const keys: string[] = [];
  for (const group of Array.isArray(groups) ? groups : [groups]) {
    const properties = property(group, 'properties');
    for (const name of Object.keys(isRecord(properties) ? properties : {})) {
      if (name.startsWith(`${section}.`)) {
        keys.push(name.slice(section.length + 1));
      }
    }
  }
  return keys;
}

/** The words that a setting of the manifest offers, as in `enum`, also within `anyOf`. */
export function offeredWords(manifest: unknown, name: string): string[] {
  const groups = property(property(manifest, 'contributes'), 'configuration');
  for (const group of Array.isArray(groups) ? groups : [groups]) {
    const setting = property(property(group, 'properties'), name);
    if (setting === undefined) {
      continue;
    }
    const branches = property(setting, 'anyOf');
    return [setting, ...(Array.isArray(branches) ? (branches as unknown[]) : [])].flatMap((part) => {
      const words = property(part, 'enum');
      return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
    });
  }
  return [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function property(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
