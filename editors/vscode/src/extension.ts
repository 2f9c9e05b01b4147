/** Starts and ends with the window's extension host. */
import * as vscode from 'vscode';
import { MENU, registerCommands } from './commands';
import { Content } from './content';
import type { State } from './describe';
import { MaskingLog } from './log';
import { SECTION } from './names';
import { Keys } from './secrets';
import { SELECTOR, Server } from './server';
import { Status } from './status';

/** What tests of the running extension may look at. */
export interface Api {
  readonly status: () => State;
}

let server: Server | undefined;

/** Called by VS Code when a document of ours is opened or a command of ours is run. */
export async function activate(context: vscode.ExtensionContext): Promise<Api> {
  const status = new Status(MENU, SELECTOR);
  const secrets = new Keys(context.secrets, context.globalState);
  const log = new MaskingLog(
    vscode.window.createOutputChannel('docstring-ls', { log: true }),
    () => secrets.seen,
  );
  const content = new Content();
  const started = new Server(context, status, secrets, log);
  server = started;
  context.subscriptions.push(
    log,
    status,
    content,
    started,
    registerCommands({ context, server: started, status, secrets, content, log }),
    vscode.window.onDidChangeActiveTextEditor(() => { status.show(); }),
    // With the trust come the user's own configuration and providers.
    vscode.workspace.onDidGrantWorkspaceTrust(() => void started.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${SECTION}.path`)) {
        void started.restart();
      } else if (change.affectsConfiguration(`${SECTION}.provider`)) {
        void started
          .provider(vscode.workspace.isTrusted)
          .then((provider) => { status.set({ provider, error: undefined }); });
      }
    }),
  );
  await started.restart();
  return { status: () => status.current };
}

/** Called by VS Code before the extension host ends. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}
