/** Finds the program to start, and how to start it. */
import * as path from 'node:path';

/** Where the program may be. */
export interface Places {
  /** The setting `docstring-ls.path`, of the user alone. */
  readonly setting: string | undefined;
  /** The folder that the extension is installed in. */
  readonly extension: string;
  /** The environment of the extension host. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly isTrusted: boolean;
  /** Whether there is a file of this name. */
  readonly exists: (file: string) => boolean;
}

/** What was found. */
export type Found =
  | { readonly kind: 'setting' | 'bundled' | 'environment'; readonly command: string }
  | { readonly kind: 'none'; readonly why: string };

/**
 * The program: what the setting names, else the one in the extension, else the first on `PATH`.
 *
 * A setting is somebody's wish, so a wrong one is an error and not passed over. The bundled program
 * comes before `PATH` because it is the one that this extension was tested with. In a folder that is
 * not trusted only the bundled one is started.
 */
export function findServer(places: Places): Found {
  const { platform, isTrusted, exists } = places;
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const program = platform === 'win32' ? 'docstring-ls.exe' : 'docstring-ls';
  const setting = places.setting?.trim();
  if (isTrusted && setting) {
    const command = setting.startsWith('~/') ? paths.join(places.home, setting.slice(2)) : setting;
    if (!paths.isAbsolute(command)) {
      return { kind: 'none', why: `docstring-ls.path is not an absolute path: ${setting}` };
    }
    return exists(command)
      ? { kind: 'setting', command }
      : { kind: 'none', why: `docstring-ls.path names no file: ${command}` };
  }
  const bundled = paths.join(places.extension, 'bin', program);
  if (exists(bundled)) {
    return { kind: 'bundled', command: bundled };
  }
  if (!isTrusted) {
    return {
      kind: 'none',
      why: 'this build of the extension brings no program along, and others are started only in a folder that you trust',
    };
  }
  const separator = platform === 'win32' ? ';' : ':';
  // An entry that is relative would mean the opened folder.
  const folders = (places.env['PATH'] ?? places.env['Path'] ?? '')
    .split(separator)
    .filter((folder) => paths.isAbsolute(folder));
  const command = folders.map((folder) => paths.join(folder, program)).find(exists);
  return command === undefined
    ? { kind: 'none', why: `there is no ${program} in the extension, nor on PATH` }
    : { kind: 'environment', command };
}

/**
 * Arguments of the server. `--isolated` reads no configuration file, neither the project's nor the
 * user's, so that in a folder without trust nothing but the embedded provider can be configured.
 */
export function serverArguments(isTrusted: boolean): string[] {
  return isTrusted ? ['serve'] : ['serve', '--isolated'];
}

/** The environment of the server: without trust none of the variables that configure it. */
export function serverEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  isTrusted: boolean,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const configures = name.toUpperCase().startsWith('DOCSTRING_LS_');
    const isHarmless = /^DOCSTRING_LS_(LOG|TEST)$/i.test(name);
    if (value !== undefined && (isTrusted || !configures || isHarmless)) {
      passed[name] = value;
    }
  }
  return passed;
}
