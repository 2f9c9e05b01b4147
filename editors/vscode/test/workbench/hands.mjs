// What a user does with a workbench: keys, menus, the palette; and what a user sees.
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from './workbench.mjs';

/** The hands and eyes of a user at a workbench. */
export class Hands {
  constructor(workbench, pictures) {
    this.workbench = workbench;
    this.page = workbench.page;
    this.pictures = pictures;
    if (pictures) fs.mkdirSync(pictures, { recursive: true });
  }

  /** Opens the workspace with a file of it. */
  async open(name) {
    const { workbench, page } = this;
    const file = path.join(workbench.workspace, name);
    await page.goto(workbench.url([['openFile', workbench.remote(file)]]));
    await eventually(async () => (await page.title()).includes(name), `${name} to be opened`, 60_000);
    // The editor opens where it was left.
    await eventually(async () => (await this.text()).trim() !== '', `the text of ${name}`, 60_000);
  }

  /** The text in the editor, as far as it is on the screen. */
  async text() {
    const lines = page => page.locator('.editor-instance .view-lines').last();
    const text = await lines(this.page).innerText({ timeout: 1_000 }).catch(() => '');
    return text.replaceAll('\u00a0', ' ');
  }

  async sees(text, what = JSON.stringify(text)) {
    await eventually(async () => (await this.text()).includes(text), what);
  }

  async picture(name, clip) {
    if (!this.pictures) return;
    const file = path.join(this.pictures, `${name}.png`);
    await this.page.screenshot({ path: file, ...(clip ? { clip } : {}) });
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  /** Puts the cursor somewhere; both count from one, as the status bar does. */
  async cursor(line, column) {
    const { page } = this;
    // Not by a click: that would scroll what VS Code lays out itself.
    await this.press('Control+1');
    await eventually(async () => {
      await this.press('Control+g');
      return page.locator('.quick-input-widget').first().isVisible();
    }, 'the box for a line');
    await page.keyboard.type(`${line}:${column}`);
    await this.press('Enter');
    await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Runs a command by its title. */
  async palette(title) {
    const { page } = this;
    await eventually(async () => {
      await this.press('F1');
      return page.locator('.quick-input-widget').first().isVisible();
    }, 'the palette');
    await page.locator('.quick-input-widget input').first().fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
  }

  /** Takes an entry of the list with this title; typing brings it into view. */
  async choose(title, label) {
    const { page } = this;
    await page.locator('.quick-input-title', { hasText: title }).first().waitFor();
    await page.locator('.quick-input-widget input').first().fill(label);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
  }

  /** Answers the box that asks for a line of text. */
  async answer(text) {
    const input = this.page.locator('.quick-input-widget input[type=password], .quick-input-widget input').first();
    await input.fill(text);
    await this.press('Enter');
  }

  /** The titles in the menu of the light bulb, which stays open. */
  async bulb(title) {
    const rows = this.page.locator('.action-widget .monaco-list-row');
    await eventually(async () => {
      if ((await rows.count()) === 0) await this.press('Control+.');
      await this.page.waitForTimeout(300);
      return (await rows.filter({ hasText: title }).count()) > 0;
    }, `${title} in the light bulb's menu`);
    return (await rows.allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').trim());
  }

  /** Moves to an entry of that menu: an overlay catches clicks in some versions. */
  async focusAction(title) {
    for (let i = 0; i < 20; i += 1) {
      const row = this.page.locator('.action-widget .monaco-list-row.focused').first();
      const text = (await row.innerText().catch(() => '')).replaceAll('\u00a0', ' ');
      if (text.trim() === title) return;
      await this.press('ArrowDown');
      await this.page.waitForTimeout(30);
    }
    throw new Error(`${title} cannot be reached in the menu`);
  }

  /** Saves, and waits for the text on disk. */
  async saved(name, text) {
    await this.press('Control+s');
    await eventually(() => this.workbench.read(name).includes(text), `${text} in ${name} on disk`);
  }

  /** Our item in the status bar. */
  async status() {
    const item = this.page.locator('[id="docstring-ls.docstring-ls.docstring-ls"]');
    return (await item.innerText({ timeout: 1_000 }).catch(() => '')).trim();
  }

  async statusIs(text) {
    await eventually(async () => (await this.status()) === text, `"${text}" in the status bar`);
  }

  toast(text) {
    return this.page.locator('.notification-toast', { hasText: text }).first().waitFor({ timeout: 15_000 });
  }

  async clearToasts() {
    await this.palette('Notifications: Clear All Notifications');
  }

  /** The frame of the web view that is open. */
  async webview(selector) {
    return eventually(async () => {
      for (const frame of this.page.frames()) {
        if ((await frame.locator(selector).count().catch(() => 0)) > 0) return frame;
      }
      return undefined;
    }, `a web view with ${selector}`);
  }
}

/** Runs checks one after the other and counts them. */
export class Checks {
  constructor(name, hands) {
    this.name = name;
    this.hands = hands;
    this.failed = 0;
    this.count = 0;
  }

  async check(title, body) {
    const start = Date.now();
    this.count += 1;
    try {
      await body();
      console.log(`ok - ${this.name}: ${title} (${Date.now() - start} ms)`);
    } catch (error) {
      this.failed += 1;
      console.log(`not ok - ${this.name}: ${title} # ${error.stack ?? error}`);
      await this.hands.picture(`failed-${this.failed}`).catch(() => undefined);
      await this.hands.press('Escape').catch(() => undefined);
    }
  }

  done() {
    console.log(`# ${this.name}: ${this.count - this.failed} passed, ${this.failed} failed`);
    return this.failed === 0;
  }
}
