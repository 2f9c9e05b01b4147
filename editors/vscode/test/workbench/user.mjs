// Uses the extension as a person does: the VSIX installed, keys and menus, files on disk.
//   node test/workbench/user.mjs FILE.vsix [FOLDER FOR PICTURES]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Checks, Hands } from './hands.mjs';
import { provider } from './provider.mjs';
import { eventually, start } from './workbench.mjs';

const [vsix, pictures] = process.argv.slice(2);
const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../..');
const inventory = fs.readFileSync(path.join(repository, 'examples/inventory.py'), 'utf8');
/** Line and column of a name in the file, counted from one. */
const place = (name) => {
  const lines = inventory.split('\n');
  const line = lines.findIndex((text) => text.includes(`def ${name}(`));
  return [line + 1, lines[line].indexOf(name) + 1];
};

async function trusted() {
  const key = 'sk-of-the-test';
  const company = await provider(key, {
    below: {
      summary: 'Yield what has to be ordered soon.',
      description: null,
      params: [{ name: 'threshold', description: 'The stock that is still enough.' }],
      yields: 'The next SKU to order.',
    },
  });
  const workbench = await start({
    vsix,
    files: { 'inventory.py': inventory },
    settings: { 'security.workspace.trust.enabled': false },
    machine: {
      'docstring-ls.providers': {
        company: { dialect: 'openai-chat', 'base-url': company.url, model: 'demo', 'api-key-from': 'editor' },
      },
    },
  });
  const hands = new Hands(workbench, pictures);
  const checks = new Checks('user', hands);
  const { page } = hands;
  /** One undo takes the whole edit back, also on disk. */
  const undone = async () => {
    await hands.press('Control+z');
    await hands.press('Control+s');
    await eventually(() => workbench.read('inventory.py') === inventory, 'the file as it was');
  };
  try {
    await checks.check('the file opens, the status bar names the provider', async () => {
      await hands.open('inventory.py');
      await hands.statusIs('offline');
    });
    await checks.check('hover shows what would be inserted', async () => {
      await hands.cursor(...place('take'));
      await eventually(async () => {
        await hands.press('Control+k');
        await hands.press('Control+i');
        await page.waitForTimeout(300);
        return (await page.locator('.monaco-hover:visible', { hasText: 'Raises' }).count()) > 0;
      }, 'the hover');
      await hands.picture('hover');
      await hands.press('Escape');
    });
    await checks.check('light bulb, generate, save', async () => {
      await hands.cursor(...place('take'));
      await hands.bulb('Generate docstring');
      await hands.focusAction('Generate docstring');
      await hands.picture('bulb');
      await hands.press('Enter');
      await hands.sees('OutOfStock: If');
      await hands.saved('inventory.py', 'OutOfStock: If');
      await hands.picture('generated');
    });
    await checks.check('the key, and one undo', async () => {
      await undone();
      await hands.cursor(...place('add'));
      await hands.press('Control+Alt+d');
      await hands.sees('Add a SKU');
      await undone();
    });
    await checks.check('palette: preview, and insert from it', async () => {
      await hands.cursor(...place('load'));
      await hands.palette('Docstrings: Preview Docstring');
      await page.locator('.monaco-diff-editor .line-insert').first().waitFor({ state: 'attached' });
      await hands.picture('preview');
      await page.locator('.editor-actions .action-label[aria-label^="Insert Docstring"]').first().click();
      await page.locator('.monaco-diff-editor').first().waitFor({ state: 'hidden' });
      await hands.saved('inventory.py', 'Load the ledger');
      await undone();
    });
    await checks.check('convert to another style', async () => {
      await hands.cursor(...place('add'));
      await hands.press('Control+Alt+d');
      await hands.sees('Add a SKU');
      await hands.palette('Docstrings: Convert Docstring to…');
      await hands.choose('Convert docstring to…', 'sphinx');
      await hands.sees(':param sku:');
      await hands.press('Control+z');
      await hands.sees('Args:');
      await undone();
    });
    await checks.check('the code moves on: a squiggle, and an update', async () => {
      await hands.cursor(...place('add'));
      await hands.press('Control+Alt+d');
      await hands.sees('Add a SKU');
      const [line, column] = place('add');
      await hands.cursor(line, column + 'add(self, '.length);
      await page.keyboard.type('shelf: str, ');
      await page.locator("[class*='squiggly-warning']").first().waitFor({ state: 'attached' });
      await hands.picture('outdated');
      await hands.cursor(line, column);
      await hands.palette('Docstrings: Update Docstring');
      await hands.sees(`${' '.repeat(12)}shelf: `);
      await hands.saved('inventory.py', '            shelf: ');
      await page.locator("[class*='squiggly-warning']").first().waitFor({ state: 'detached' });
      await hands.picture('updated');
      await eventually(async () => {
        await hands.press('Control+z');
        await hands.press('Control+s');
        return workbench.read('inventory.py') === inventory;
      }, 'the file as it was');
    });
    await checks.check('set a key, generate with a provider, see its words', async () => {
      await hands.palette('Docstrings: Set API Key');
      await hands.choose('For which provider?', 'company');
      await page.locator('.quick-input-widget input[type=password]').waitFor();
      await hands.answer(key);
      await hands.toast('The key for company is kept');
      await hands.clearToasts();
      await hands.cursor(...place('below'));
      await hands.palette('Docstrings: Generate Docstring with…');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'demo' }).first().waitFor();
      await hands.picture('providers');
      await hands.choose('Generate docstring with…', 'company');
      await hands.sees('Yield what has to be ordered soon.');
      assert.deepEqual(company.calls.map(({ authorization }) => authorization), [`Bearer ${key}`]);
      await hands.press('Control+z');
    });
    await checks.check('select a provider; the status bar follows, and what would be sent is shown', async () => {
      await hands.palette('Docstrings: Select Provider');
      await hands.choose('Who writes the docstrings?', 'company');
      await hands.statusIs('company');
      const settings = JSON.parse(fs.readFileSync(workbench.machineSettings, 'utf8'));
      assert.equal(settings['docstring-ls.provider'], 'company');
      await hands.cursor(...place('add'));
      await hands.palette('Docstrings: Show What Would Be Sent');
      await hands.sees('# company (demo)');
      await hands.picture('sent');
      assert.equal(company.calls.length, 1, 'nothing was sent');
      await hands.press('Control+F4');
    });
    await checks.check('the metrics have plots, and follow what happens', async () => {
      await hands.palette('Docstrings: Show Metrics');
      const frame = await hands.webview('svg[role=img]');
      const attempts = () => frame.locator('.tiles dd').first().evaluate((node) => Number.parseInt(node.textContent, 10));
      const before = await attempts();
      assert.ok(before > 0);
      await hands.picture('metrics');
      const ground = await frame.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const editor = page.locator('.part.editor .content').first();
      const theme = await editor.evaluate((node) => getComputedStyle(node).getPropertyValue('--vscode-editor-background'));
      const wanted = await frame.evaluate((colour) => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.color = colour;
        return getComputedStyle(probe).color;
      }, theme);
      assert.equal(ground, wanted, "the theme's colour");
      await hands.palette('Docstrings: Reset Metrics');
      await eventually(async () => (await attempts().catch(() => -1)) < before, 'fewer attempts');
      // Keys would go to the view.
      await page.locator('.tab', { hasText: 'Docstring metrics' }).first().click({ button: 'middle' });
    });
    await checks.check('the settings have a page', async () => {
      await hands.palette('View: Close All Editors');
      await hands.palette('Preferences: Open Settings (UI)');
      await page.locator('.settings-editor .suggest-input-container').first().waitFor();
      await page.locator('.settings-editor .suggest-input-container').first().click();
      await page.keyboard.type('@ext:docstring-ls.docstring-ls ');
      await page.locator('.settings-editor .setting-item-label', { hasText: 'Line-length' }).first().waitFor();
      await hands.picture('settings');
    });
    await checks.check('the menu of the status bar restarts the server', async () => {
      await hands.open('inventory.py');
      await hands.statusIs('company');
      await page.locator('[id="docstring-ls.docstring-ls.docstring-ls"]').click();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Show metrics' }).waitFor();
      await hands.picture('menu');
      await hands.choose('docstring-ls', 'Restart');
      await hands.statusIs('company');
    });
    await checks.check('the walkthrough is there', async () => {
      await hands.palette('Welcome: Open Walkthrough...');
      await hands.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Write docstrings with docstring-ls' }).first().click();
      await page.locator('.getting-started-step', { hasText: 'See what would be sent' }).first().waitFor();
      await page.waitForTimeout(500);
      await hands.picture('walkthrough');
    });
  } finally {
    await workbench.close();
    await company.close();
  }
  return checks.done();
}

async function untrusted() {
  const evil = await provider('none', {});
  const workbench = await start({
    vsix,
    files: {
      'inventory.py': inventory,
      'docstring-ls.toml': 'style = "numpy"\n',
      '.vscode/settings.json': JSON.stringify({
        'docstring-ls.provider': 'evil',
        'docstring-ls.path': '/bin/false',
        'docstring-ls.providers': { evil: { dialect: 'openai-chat', 'base-url': evil.url, model: 'x' } },
      }),
    },
    settings: {
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
    machine: {
      'docstring-ls.provider': 'company',
      'docstring-ls.providers': { company: { dialect: 'openai-chat', 'base-url': evil.url, model: 'x' } },
    },
    env: { DOCSTRING_LS_PROVIDER: 'company' },
  });
  const hands = new Hands(workbench, pictures);
  const checks = new Checks('untrusted folder', hands);
  try {
    await checks.check('the embedded provider writes, and nothing is sent', async () => {
      await hands.open('inventory.py');
      await hands.statusIs('offline');
      await hands.cursor(...place('take'));
      await hands.palette('Docstrings: Generate Docstring');
      await hands.sees('Args:', 'the default style, as no file of the folder is read');
      await hands.picture('untrusted');
      await hands.press('Control+z');
      assert.deepEqual(evil.calls, []);
    });
    await checks.check('keys and providers are not offered', async () => {
      await hands.press('F1');
      await hands.page.locator('.quick-input-widget input').first().fill('>Docstrings: ');
      const rows = hands.page.locator('.quick-input-list .monaco-list-row');
      await rows.filter({ hasText: 'Show Metrics' }).first().waitFor();
      for (const title of ['Set API Key', 'Select Provider', 'Generate Docstring with']) {
        assert.equal(await rows.filter({ hasText: title }).count(), 0, title);
      }
      await hands.press('Escape');
    });
    await checks.check("with trust come the user's provider and the folder's style, and no more of the folder's", async () => {
      await hands.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().click();
      await hands.page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).first().click();
      await hands.palette('View: Close All Editors');
      await hands.open('inventory.py');
      await hands.statusIs('company');
      await hands.cursor(...place('take'));
      await hands.palette('Docstrings: Generate Docstring');
      await hands.sees('Parameters');
      assert.ok(evil.calls.every(({ body }) => !body.includes('"evil"')));
    });
  } finally {
    await workbench.close();
    await evil.close();
  }
  return checks.done();
}

const only = process.env.ONLY;
const results = [
  only !== 'untrusted' && (await trusted()),
  only !== 'trusted' && (await untrusted()),
];
if (results.some((result, index) => !result && !(only && only !== ['trusted', 'untrusted'][index]))) {
  process.exitCode = 1;
}
