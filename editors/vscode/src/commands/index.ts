/** Every command of the manifest, with what it does. */
import * as vscode from 'vscode';
import { ResponseError } from 'vscode-languageclient/node';
import type { Parts } from './context';
import { insertPreview, preview } from './preview';
import { selectProvider, setApiKey } from './providers';
import { showSent } from './sent';
import { convert, convertFile, generate, generateFile, generateWith, update, updateFile } from './write';
import { Metrics } from '../metrics';
import { SERVER } from '../names';

/** Opens the menu of the status bar. */
export const MENU = 'docstring-ls.showMenu';

/** Codes that say that the answer is not wanted any more: cancelled, and changed meanwhile. */
const SILENT = new Set([-32800, -32801, -32802]);

/** Registers all commands. */
export function registerCommands(parts: Parts): vscode.Disposable {
  const { server, status, log } = parts;
  const metrics = new Metrics(server);
  const commands: Readonly<Record<string, (parts: Parts) => Promise<void>>> = {
    'docstring-ls.generateDocstring': generate,
    'docstring-ls.generateDocstringWith': generateWith,
    'docstring-ls.updateDocstring': update,
    'docstring-ls.updateFile': updateFile,
    'docstring-ls.convertDocstring': convert,
    'docstring-ls.convertFile': convertFile,
    'docstring-ls.generateFile': generateFile,
    'docstring-ls.previewDocstring': preview,
    'docstring-ls.insertPreview': insertPreview,
    'docstring-ls.showMetrics': () => metrics.show(),
    'docstring-ls.selectProvider': selectProvider,
    'docstring-ls.setApiKey': setApiKey,
    'docstring-ls.showSent': showSent,
    'docstring-ls.forgetMetrics': async () => {
      await server.run(SERVER.resetMetrics);
    },
    'docstring-ls.forgetAnswers': async () => {
      await server.run(SERVER.clearCache);
    },
    'docstring-ls.restart': () => server.restart(),
    'docstring-ls.showLog': () => {
      log.show();
      return Promise.resolve();
    },
    [MENU]: menu,
  };
  const registered = Object.entries(commands).map(([name, run]) =>
    vscode.commands.registerCommand(name, async () => {
      if (status.current.server === 'running') {
        // What went wrong before is settled by trying again.
        status.set({ error: undefined });
      }
      try {
        await run(parts);
      } catch (error) {
        if (error instanceof ResponseError && SILENT.has(error.code)) {
          return;
        }
        if (error instanceof vscode.CancellationError) {
          return;
        }
        const message = error instanceof Error ? error.message : String(error);
        log.error(`${name}: ${message}`);
        status.set({ error: message });
        void vscode.window.showErrorMessage(`docstring-ls: ${message}.`);
      }
    }),
  );
  return vscode.Disposable.from(metrics, ...registered);
}

/** What the item in the status bar offers. */
async function menu({ status }: Parts): Promise<void> {
  const { provider, jobs, error } = status.current;
  const items: (vscode.QuickPickItem & { command: string })[] = [
    { label: '$(server) Select provider', description: provider ?? '', command: 'docstring-ls.selectProvider' },
    { label: '$(graph) Show metrics', description: '', command: 'docstring-ls.showMetrics' },
    { label: '$(eye) Show what would be sent', description: '', command: 'docstring-ls.showSent' },
    { label: '$(output) Show log', description: error ?? '', command: 'docstring-ls.showLog' },
    { label: '$(refresh) Restart', description: jobs > 0 ? `${jobs} running` : '', command: 'docstring-ls.restart' },
    { label: '$(gear) Settings', description: '', command: 'docstring-ls.openSettings' },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'docstring-ls' });
  if (chosen?.command === 'docstring-ls.openSettings') {
    await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:docstring-ls.docstring-ls');
  } else if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
