/** Puts the state of the extension into words, for the status bar. */

/** What the item tells. */
export interface State {
  readonly server: 'starting' | 'running' | 'stopped';
  readonly provider: string | undefined;
  readonly jobs: number;
  readonly error: string | undefined;
  readonly isTrusted: boolean;
}

/** The item of a state. */
export interface Shown {
  readonly text: string;
  readonly tooltip: string;
  readonly isFaulty: boolean;
}

/** Puts a state into words. */
export function describe(state: State): Shown {
  const { server, provider, jobs, error, isTrusted } = state;
  const isFaulty = error !== undefined || server === 'stopped';
  const icon =
    server === 'starting' || jobs > 0 ? '$(sync~spin)' : isFaulty ? '$(warning)' : '$(book)';
  const count = jobs > 1 ? ` (${jobs})` : '';
  const lines = [
    server === 'running'
      ? `Docstrings are written by: ${provider ?? 'unknown'}`
      : `The server is ${server === 'starting' ? 'starting' : 'not running'}`,
    jobs === 0 ? 'Nothing is running' : `${jobs} running`,
  ];
  if (!isTrusted) {
    lines.push('This folder is not trusted: only the embedded provider writes here');
  }
  if (error !== undefined) {
    lines.push(`Last error: ${error}`);
  }
  return { text: `${icon} ${provider ?? 'docstrings'}${count}`, tooltip: lines.join('\n'), isFaulty };
}
