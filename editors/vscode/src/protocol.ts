/** The shapes of the server's own requests, checked where they arrive. */
import type { Edit } from './edits';

/** Answer of `docstring-ls/preview`. */
export interface Preview {
  readonly symbol: string;
  readonly style: string;
  readonly provider: string;
  readonly fromCache: boolean;
  readonly edits: readonly Edit[];
  readonly warnings: readonly string[];
}

/** One provider of `docstring-ls/providerStats`, as far as it is shown in menus. */
export interface ProviderSummary {
  readonly id: string;
  readonly model: string;
  readonly state: string;
  readonly attempts: number;
  readonly successRate: number;
}

/** One question of `docstring-ls.dryRun`. */
export interface Question {
  readonly provider: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  readonly maxCostUsd: number | undefined;
  readonly redacted: number;
  readonly leftOut: readonly string[];
  readonly system: string;
  readonly context: string;
  readonly user: string;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
const text = (value: unknown, name: string): string => {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
};
const number = (value: unknown, name: string): number => {
  const found = field(value, name);
  return typeof found === 'number' ? found : 0;
};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const words = (value: unknown): string[] => list(value).filter((word) => typeof word === 'string');

/** Reads a preview; `undefined` where the server had nothing to show and has said so. */
export function readPreview(answer: unknown): Preview | undefined {
  const edits = field(answer, 'edits');
  if (!Array.isArray(edits)) {
    return undefined;
  }
  return {
    symbol: text(answer, 'symbol'),
    style: text(answer, 'style'),
    provider: text(answer, 'provider'),
    fromCache: field(answer, 'fromCache') === true,
    edits: edits as Edit[],
    warnings: words(field(answer, 'warnings')),
  };
}

/** Reads the providers that may be asked, sorted as the server does. */
export function readProviders(answer: unknown): ProviderSummary[] {
  const providers = field(answer, 'providers');
  // Answers for providers of earlier sessions are counted, too; only those that run now have a row.
  const running = field(answer, 'compatibility');
  return Object.entries(typeof providers === 'object' && providers !== null ? providers : {})
    .filter(([id]) => running === undefined || field(running, id) !== undefined)
    .map(([id, provider]) => ({
      id,
      model: text(provider, 'model'),
      state: text(provider, 'state'),
      attempts: number(provider, 'totalAttempts'),
      successRate: number(provider, 'successRate'),
    }));
}

/** Reads what would be sent. */
export function readQuestions(answer: unknown): Question[] {
  return list(answer).map((question) => {
    const cost = field(question, 'maxCostUsd');
    return {
      provider: text(question, 'provider'),
      model: text(question, 'model'),
      inputTokens: number(question, 'inputTokens'),
      maxOutputTokens: number(question, 'maxOutputTokens'),
      maxCostUsd: typeof cost === 'number' ? cost : undefined,
      redacted: number(question, 'redacted'),
      leftOut: words(field(question, 'leftOut')),
      system: text(question, 'system'),
      context: text(question, 'context'),
      user: text(question, 'user'),
    };
  });
}

/** The provider in a request for its key; `undefined` where that is none. */
export function readProvider(params: unknown): string | undefined {
  const provider = field(params, 'provider');
  return typeof provider === 'string' ? provider : undefined;
}
