/** Commands about who writes. */
import * as vscode from 'vscode';
import type { Parts } from './context';
import { demandTrust, pick } from './context';
import { isProviderId, SECTION } from '../names';
import { offeredWords } from '../settings';

/** Providers that run on this machine or nearby, and usually want no key. */
const KEYLESS = new Set(['offline', 'auto', 'ollama', 'llamacpp', 'lmstudio', 'vllm']);

const ABOUT: Readonly<Record<string, string>> = {
  offline: 'embedded: from the syntax tree, nothing leaves the machine',
  auto: 'whoever is best at the moment, among those that you configured',
};

/** Chooses who writes, for this user. */
export async function selectProvider(parts: Parts): Promise<void> {
  demandTrust('Providers can be chosen');
  const { server, secrets, status } = parts;
  const current = status.current.provider;
  const chosen = await pick(
    'Who writes the docstrings?',
    (await known(parts)).map((id) => ({
      label: id,
      description: [ABOUT[id], id === current ? 'current' : undefined].filter(Boolean).join(' · '),
    })),
  );
  if (chosen === undefined) {
    return;
  }
  const provider = chosen.label;
  // Among the user's settings: a workspace must not choose to whom code is sent.
  await vscode.workspace
    .getConfiguration(SECTION)
    .update('provider', provider, vscode.ConfigurationTarget.Global);
  status.set({ provider: await server.provider(vscode.workspace.isTrusted), error: undefined });
  if (process.env['DOCSTRING_LS_PROVIDER'] !== undefined) {
    void vscode.window.showWarningMessage(
      'The variable DOCSTRING_LS_PROVIDER is set and outranks this setting.',
    );
  }
  if (!KEYLESS.has(provider) && (await secrets.get(provider)) === undefined) {
    const answer = await vscode.window.showInformationMessage(
      `${provider} needs a key. docstring-ls reads it from an environment variable or a command that you configured, or from the editor's secret storage.`,
      'Set API Key',
    );
    if (answer !== undefined) {
      await askKey(parts, provider);
    }
  }
}

/** Keeps a key in the secret storage. */
export async function setApiKey(parts: Parts): Promise<void> {
  demandTrust('Keys are used');
  const held = new Set(parts.secrets.providers());
  const chosen = await pick(
    'For which provider?',
    (await known(parts))
      .filter((id) => id !== 'offline' && id !== 'auto')
      .map((id) => ({ label: id, description: held.has(id) ? 'has a key here' : '' })),
  );
  if (chosen !== undefined) {
    await askKey(parts, chosen.label);
  }
}

async function askKey({ server, secrets }: Parts, provider: string): Promise<void> {
  const key = await vscode.window.showInputBox({
    title: `API key for ${provider}`,
    prompt: "Kept in the editor's secret storage. Leave it empty to remove the key.",
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) {
    return;
  }
  await secrets.set(provider, key.trim());
  await server.notify('docstring-ls/apiKeyChanged', { provider });
  void vscode.window.showInformationMessage(
    key.trim() === '' ? `The key for ${provider} is removed.` : `The key for ${provider} is kept.`,
  );
}

/** What runs in this session, and the presets that the settings offer. */
async function known({ context, server }: Parts): Promise<string[]> {
  const offered = offeredWords(context.extension.packageJSON, `${SECTION}.provider`);
  const running = (await server.providers().catch(() => [])).map(({ id }) => id);
  return [...new Set(['offline', 'auto', ...running, ...offered])].filter(isProviderId);
}
