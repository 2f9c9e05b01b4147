/** Identifiers that the manifest, the server and this extension share. */

/** Section of the settings, prefix of every command and of the custom requests. */
export const SECTION = 'docstring-ls';

/** Languages that the server documents. */
export const LANGUAGES = ['python', 'rust'] as const;

/** Where a document may be: on disk, not saved yet, or a cell of a notebook. */
export const SCHEMES = ['file', 'untitled', 'vscode-notebook-cell'] as const;

/** Scheme of the read-only documents that this extension shows. */
export const PREVIEW_SCHEME = 'docstring-ls-preview';

/** A provider's identifier, as the server's configuration admits it. */
const PROVIDER = /^[a-z][a-z0-9_-]{0,63}$/;

/** Whether `text` may name a provider. */
export function isProviderId(text: unknown): text is string {
  return typeof text === 'string' && PROVIDER.test(text);
}

/** Commands of the server; what it lacks is asked of its capabilities, not of its version. */
export const SERVER = {
  generate: 'docstring-ls.generate',
  generateAll: 'docstring-ls.generateAll',
  update: 'docstring-ls.update',
  updateAll: 'docstring-ls.updateAll',
  convert: 'docstring-ls.convert',
  dryRun: 'docstring-ls.dryRun',
  resetMetrics: 'docstring-ls.resetMetrics',
  clearCache: 'docstring-ls.clearCache',
} as const;
