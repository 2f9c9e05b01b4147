/** Keys of providers, in the editor's secret storage and nowhere else. */
import type { Memento, SecretStorage } from 'vscode';
import { isProviderId } from './names';
import { readProvider } from './protocol';

const NAMES = 'keys';

/** The keys that were set. */
export class Keys {
  /** Every key that passed through this session, so that the log can leave them out. */
  readonly seen = new Set<string>();

  constructor(
    private readonly storage: SecretStorage,
    /** Remembers for which providers there is a key: the storage cannot be listed. */
    private readonly memory: Memento,
  ) {}

  /** The key of a provider. */
  async get(provider: string): Promise<string | undefined> {
    const key = await this.storage.get(slot(provider));
    if (key !== undefined) {
      this.seen.add(key);
    }
    return key;
  }

  /** Keeps a key, or with an empty one forgets it. */
  async set(provider: string, key: string): Promise<void> {
    const others = this.providers().filter((name) => name !== provider);
    if (key === '') {
      await this.storage.delete(slot(provider));
      await this.memory.update(NAMES, others);
    } else {
      this.seen.add(key);
      await this.storage.store(slot(provider), key);
      await this.memory.update(NAMES, [...others, provider]);
    }
  }

  /** The providers that have a key here. */
  providers(): string[] {
    return this.memory.get<string[]>(NAMES, []);
  }

  /**
   * Answers the server's request for a key. None is given for a folder that is not trusted, nor
   * for a name that no provider can have.
   */
  async answer(params: unknown, isTrusted: boolean): Promise<{ key: string | null }> {
    const provider = readProvider(params);
    if (!isTrusted || !isProviderId(provider)) {
      return { key: null };
    }
    return { key: (await this.get(provider)) ?? null };
  }
}

function slot(provider: string): string {
  return `api-key.${provider}`;
}
