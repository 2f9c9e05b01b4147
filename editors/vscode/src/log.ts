/** A log in which no key appears, whatever is traced: traces show whole messages. */
import type { LogLevel, LogOutputChannel, ViewColumn, Event } from 'vscode';

const MASK = '[key]';

/** `text` without any of the secrets, as they are and as JSON writes them. */
export function masked(text: string, secrets: Iterable<string>): string {
  let out = text;
  for (const secret of secrets) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) {
      if (form !== '') {
        out = out.replaceAll(form, MASK);
      }
    }
  }
  return out;
}

/** Passes everything on to a channel, without the secrets. */
export class MaskingLog implements LogOutputChannel {
  constructor(
    private readonly channel: LogOutputChannel,
    private readonly secrets: () => Iterable<string>,
  ) {}

  get name(): string {
    return this.channel.name;
  }
  get logLevel(): LogLevel {
    return this.channel.logLevel;
  }
  get onDidChangeLogLevel(): Event<LogLevel> {
    return this.channel.onDidChangeLogLevel;
  }
  trace(message: string, ...rest: unknown[]): void {
    this.channel.trace(this.clean(message), ...this.all(rest));
  }
  debug(message: string, ...rest: unknown[]): void {
    this.channel.debug(this.clean(message), ...this.all(rest));
  }
  info(message: string, ...rest: unknown[]): void {
    this.channel.info(this.clean(message), ...this.all(rest));
  }
  warn(message: string, ...rest: unknown[]): void {
    this.channel.warn(this.clean(message), ...this.all(rest));
  }
  error(message: string | Error, ...rest: unknown[]): void {
    const text = message instanceof Error ? (message.stack ?? message.message) : message;
    this.channel.error(this.clean(text), ...this.all(rest));
  }
  append(value: string): void {
    this.channel.append(this.clean(value));
  }
  appendLine(value: string): void {
    this.channel.appendLine(this.clean(value));
  }
  replace(value: string): void {
    this.channel.replace(this.clean(value));
  }
  clear(): void {
    this.channel.clear();
  }
  show(columnOrPreserve?: ViewColumn | boolean, preserveFocus?: boolean): void {
    this.channel.show(typeof columnOrPreserve === 'boolean' ? columnOrPreserve : preserveFocus);
  }
  hide(): void {
    this.channel.hide();
  }
  dispose(): void {
    this.channel.dispose();
  }

  private clean(text: string): string {
    return masked(text, this.secrets());
  }

  private all(parts: readonly unknown[]): string[] {
    return parts.map((part) => this.clean(typeof part === 'string' ? part : JSON.stringify(part)));
  }
}
