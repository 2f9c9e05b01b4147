/** Starts the server, keeps what is known of it, and talks to it. */
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import {
  type ClientCapabilities,
  type FeatureState,
  LanguageClient,
  type LanguageClientOptions,
  MessageType,
  RevealOutputChannelOn,
  ShowMessageNotification,
  State as ClientState,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { findServer, serverArguments, serverEnvironment } from './find';
import { LANGUAGES, SCHEMES, SECTION } from './names';
import { readProviders, type ProviderSummary } from './protocol';
import type { Keys } from './secrets';
import { contributedKeys, explicitSettings, heeded, type Inspected } from './settings';
import type { Status } from './status';

/** The documents that are handed to the server. */
export const SELECTOR = LANGUAGES.flatMap((language) =>
  SCHEMES.map((scheme) => ({ language, scheme })),
);

/** Announces what this client can do beyond the protocol. */
class Extras implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const others = (capabilities.experimental ?? {}) as Record<string, unknown>;
    capabilities.experimental = {
      ...others,
      docstringLs: { statsChanged: true, apiKey: vscode.workspace.isTrusted },
    };
  }
  getState(): FeatureState {
    return { kind: 'static' };
  }
  initialize(): void {
    // Nothing to set up: the handlers are the server's.
  }
  clear(): void {
    // Nothing to take down.
  }
}

/** The server of this window: one, for all of its folders. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private command: string | undefined;
  private changing: Promise<void> = Promise.resolve();
  private readonly statsChanged = new vscode.EventEmitter<void>();
  /** Fires when the server counted something. */
  readonly onStatsChanged = this.statsChanged.event;
  private readonly keys: readonly string[];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly status: Status,
    private readonly secrets: Keys,
    readonly log: vscode.LogOutputChannel,
  ) {
    this.keys = contributedKeys(context.extension.packageJSON, SECTION);
  }

  /** Starts the server, or starts it anew. Says what is wrong when that fails. */
  restart(): Promise<void> {
    this.changing = this.changing.then(async () => {
      await this.halt();
      await this.start();
    });
    return this.changing;
  }

  /** Stops the server. */
  stop(): Promise<void> {
    this.changing = this.changing.then(() => this.halt());
    return this.changing;
  }

  /** Sends a request of the server's own. */
  async request(method: string, params: unknown, token?: vscode.CancellationToken): Promise<unknown> {
    const client = await this.running();
    return token === undefined
      ? client.sendRequest<unknown>(method, params)
      : client.sendRequest<unknown>(method, params, token);
  }

  /** Runs a command of the server. */
  async run(command: string, argument?: object): Promise<unknown> {
    const client = await this.running();
    const known = client.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
    if (!known.includes(command)) {
      throw new Error(`the server at ${this.command ?? '?'} is older than this extension: it has no ${command}`);
    }
    const params = { command, arguments: argument === undefined ? [] : [argument] };
    return client.sendRequest<unknown>('workspace/executeCommand', params);
  }

  /** Tells the server something. */
  async notify(method: string, params: object): Promise<void> {
    await (await this.running()).sendNotification(method, params);
  }

  /** The providers that may be asked. */
  async providers(): Promise<ProviderSummary[]> {
    return readProviders(await this.request('docstring-ls/providerStats', {}));
  }

  /** Runs the program beside the server, as with `stats`; what it prints. */
  async print(args: readonly string[], cwd: string): Promise<string> {
    await this.running();
    if (this.command === undefined) {
      throw new Error('the server is not running');
    }
    const env = serverEnvironment(process.env, vscode.workspace.isTrusted);
    const { stdout } = await promisify(execFile)(this.command, args, {
      cwd,
      env,
      timeout: 10_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  }

  dispose(): void {
    this.statsChanged.dispose();
  }

  private async running(): Promise<LanguageClient> {
    await this.changing;
    if (this.client === undefined) {
      throw new Error(this.status.current.error ?? 'the server is not running');
    }
    return this.client;
  }

  private async halt(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    if (client !== undefined) {
      this.status.stopped(undefined);
      await client.dispose(5_000).catch((error: unknown) => {
        this.log.warn(`the server did not stop in time: ${String(error)}`);
      });
    }
  }

  private async start(): Promise<void> {
    const { isTrusted } = vscode.workspace;
    this.status.set({ server: 'starting', error: undefined, isTrusted });
    const found = findServer({
      setting: this.setting('path'),
      extension: this.context.extensionPath,
      env: process.env,
      home: homedir(),
      platform: process.platform,
      isTrusted,
      exists: (file) => existsSync(file) && statSync(file).isFile(),
    });
    if (found.kind === 'none') {
      this.command = undefined;
      this.failed(found.why, isTrusted);
      return;
    }
    this.command = found.command;
    this.log.info(`starting ${found.command} (${found.kind})${isTrusted ? '' : ', folder not trusted'}`);
    const client = this.build(found.command, isTrusted);
    try {
      await client.start();
      this.client = client;
      this.status.set({ server: 'running', provider: await this.provider(isTrusted) });
    } catch (error) {
      await client.dispose().catch(() => undefined);
      this.failed(`${found.command} did not start: ${String(error)}`, true);
    }
  }

  private build(command: string, isTrusted: boolean): LanguageClient {
    const env = serverEnvironment(process.env, isTrusted);
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => this.settings(),
      middleware: {
        workspace: {
          configuration: (params, token, next) =>
            params.items.every((item) => item.section === SECTION)
              ? params.items.map(() => this.settings())
              : next(params, token),
          // Without the values, which would be all defaults of the manifest: the server asks back.
          didChangeConfiguration: (_, next) => next(undefined),
        },
        handleWorkDoneProgress: (token, params, next) => {
          this.status.progress(token, params.kind);
          next(token, params);
        },
      },
    };
    const client = new LanguageClient(
      SECTION,
      'docstring-ls',
      { command, args: serverArguments(isTrusted), options: { env } },
      options,
    );
    client.registerFeature(new Extras());
    client.onNotification('docstring-ls/statsChanged', () => { this.statsChanged.fire(); });
    client.onRequest('docstring-ls/apiKey', (params: unknown) =>
      this.secrets.answer(params, vscode.workspace.isTrusted),
    );
    client.onNotification(ShowMessageNotification.type, ({ type, message }) => {
      this.say(type, message);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === ClientState.Stopped && this.client === client) {
        this.status.stopped('the server ended; the log says why');
      } else if (newState === ClientState.Running) {
        this.status.set({ server: 'running', error: undefined });
      }
    });
    return client;
  }

  /** Who writes: the editor's setting is outranked by a variable, and outranks all files. */
  async provider(isTrusted: boolean): Promise<string | undefined> {
    if (!isTrusted) {
      return 'offline';
    }
    const chosen = process.env['DOCSTRING_LS_PROVIDER'] ?? this.setting('provider');
    if (chosen !== undefined && chosen !== '') {
      return chosen;
    }
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const cwd = folder?.scheme === 'file' ? folder.fsPath : homedir();
    try {
      const { stdout } = await promisify(execFile)(this.command ?? '', ['config'], { cwd, timeout: 5_000 });
      return /^provider = "([^"]+)"/m.exec(stdout)?.[1];
    } catch (error) {
      this.log.warn(`the configuration cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  private settings(): Record<string, unknown> {
    return explicitSettings(this.keys, inspect(), vscode.workspace.isTrusted);
  }

  private setting(key: string): string | undefined {
    const value = heeded(key, inspect()(key), vscode.workspace.isTrusted);
    return typeof value === 'string' ? value : undefined;
  }

  private say(type: MessageType, message: string): void {
    if (type === MessageType.Error || type === MessageType.Warning) {
      this.status.set({ error: message });
      const show =
        type === MessageType.Error ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
      void show(message, 'Show Log').then((answer) => {
        if (answer !== undefined) {
          this.log.show(true);
        }
      });
    } else {
      void vscode.window.showInformationMessage(message);
    }
  }

  private failed(why: string, isLoud: boolean): void {
    this.log.error(why);
    this.status.stopped(why);
    if (!isLoud) {
      return;
    }
    // Not waited for: the message stays until somebody reads it.
    void vscode.window
      .showErrorMessage(`docstring-ls cannot start: ${why}.`, 'Open Settings', 'Show Log')
      .then(async (answer) => {
        if (answer === 'Open Settings') {
          await vscode.commands.executeCommand('workbench.action.openSettings', 'docstring-ls.path');
        } else if (answer === 'Show Log') {
          this.log.show(true);
        }
      });
  }
}

function inspect(): (key: string) => Inspected | undefined {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  return (key) => configuration.inspect(key);
}
