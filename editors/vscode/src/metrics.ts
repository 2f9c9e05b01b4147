/** The view with what the providers did: tables and plots that follow the counts. */
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { fitted } from './page';
import type { Server } from './server';

/** The view; there is one at most. */
export class Metrics implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private readonly listening: vscode.Disposable;

  constructor(private readonly server: Server) {
    this.listening = server.onStatsChanged(() => {
      void this.refresh();
    });
  }

  /** Opens the view, or brings it to the front. */
  async show(): Promise<void> {
    const page = await this.page();
    if (this.panel !== undefined) {
      this.panel.reveal();
      await this.refresh();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      'docstring-ls.metrics',
      'Docstring metrics',
      { viewColumn: vscode.ViewColumn.Active },
      { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: false },
    );
    panel.webview.html = fitted(page, randomBytes(16).toString('base64url'));
    panel.onDidChangeViewState(() => {
      if (panel.visible) {
        void this.refresh();
      }
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    this.panel = panel;
  }

  dispose(): void {
    this.listening.dispose();
    this.panel?.dispose();
  }

  private async refresh(): Promise<void> {
    if (this.panel?.visible !== true) {
      return;
    }
    try {
      await this.panel.webview.postMessage({ page: await this.page() });
    } catch (error) {
      this.server.log.warn(`the metrics cannot be refreshed: ${String(error)}`);
    }
  }

  /** The page, drawn by the program. Its folder is home: no project's file is read for it. */
  private page(): Promise<string> {
    return this.server.print(['stats', '--output-format', 'html'], homedir());
  }
}
