// A real VS Code workbench in a headless browser, in a home that is thrown away.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

/** Everything that would make a picture or a test depend on the day. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'window.commandCenter': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'editor.minimap.enabled': false,
  'editor.accessibilitySupport': 'off',
  'editor.cursorBlinking': 'solid',
  'files.autoSave': 'off',
};

/** The workbench's server, installed by `install.sh`. */
function serverCommand() {
  const { VSCODE_NODE: node, VSCODE_SERVER: script } = process.env;
  if (!node || !script) throw new Error('VSCODE_NODE and VSCODE_SERVER are not set: start with test/run');
  return [node, script];
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Waits until `probe` gives something true. */
export async function eventually(probe, what, milliseconds = 30_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Starts the workbench.
 *
 * `files`: the workspace's files by name; `settings`: of the user; `machine`: those of the user for
 * this machine; `vsix`: to be installed; `size`, `scale`: of the window; `flags`: of the server; `env`: for
 * the server and the extension host.
 */
export async function start({ files, settings = {}, machine = {}, vsix, size, scale = 1, flags = [], env = {} }) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'docstring-ls-vscode-'));
  const workspace = path.join(home, 'workspace');
  const userData = path.join(home, 'user');
  const state = path.join(home, 'state');
  for (const folder of [workspace, path.join(userData, 'User'), path.join(userData, 'Machine'), state]) {
    fs.mkdirSync(folder, { recursive: true });
  }
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(workspace, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  fs.writeFileSync(path.join(userData, 'User/settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  // The workbench is remote, so what has the scope `machine` is the remote machine's.
  const machineSettings = path.join(userData, 'Machine/settings.json');
  fs.writeFileSync(machineSettings, JSON.stringify(machine));

  const [node, script] = serverCommand();
  const folders = [
    '--server-data-dir', path.join(home, 'data'), '--user-data-dir', userData,
    '--extensions-dir', path.join(home, 'extensions'), '--accept-server-license-terms',
    '--telemetry-level', 'off',
  ];
  // What the tests count and configure must not meet what the user has.
  const environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DOCSTRING_LS_'))),
    XDG_STATE_HOME: state, XDG_CONFIG_HOME: path.join(home, 'config'), XDG_CACHE_HOME: path.join(home, 'cache'),
    EXTENSIONS_GALLERY: '{}', ...env,
  };
  if (vsix) {
    const installed = spawnSync(node, [script, ...folders, '--install-extension', path.resolve(vsix)], {
      env: environment,
      encoding: 'utf8',
    });
    if (installed.status !== 0) throw new Error(`the VSIX cannot be installed: ${installed.stderr.slice(-500)}`);
  }
  const port = await freePort();
  const logFile = path.join(home, 'server.log');
  const log = fs.openSync(logFile, 'w');
  const server = spawn(
    node,
    [script, ...folders, ...flags, '--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
    { env: environment, stdio: ['ignore', log, log], detached: true },
  );
  const kill = () => {
    try {
      process.kill(-server.pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  process.on('exit', kill);

  let browser;
  const address = `http://127.0.0.1:${port}`;
  try {
    await eventually(
      async () => (await fetch(`${address}/version`).catch(() => undefined))?.ok,
      'the workbench server',
      60_000,
    );
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: [
        '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ],
    });
  } catch (error) {
    kill();
    throw error;
  }
  const context = await browser.newContext({
    viewport: size ?? { width: 1200, height: 760 },
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${path.resolve(file)}`;
  return {
    address, page, remote, workspace, home, machineSettings,
    /** The address of the workspace, with what is handed to the workbench. */
    url: (payload, opened = workspace) => {
      const kind = opened.endsWith('.code-workspace') ? 'workspace' : 'folder';
      return `${address}/?${kind}=${encodeURIComponent(opened)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    },
    read: (name) => fs.readFileSync(path.join(workspace, name), 'utf8'),
    close: async () => {
      await browser.close().catch(() => undefined);
      process.off('exit', kill);
      kill();
    },
  };
}
