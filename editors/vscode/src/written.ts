/** Puts what would be sent into a document. */
import type { Question } from './protocol';

/** The questions as Markdown. */
export function written(questions: readonly Question[]): string {
  const parts = questions.map((question) => {
    const { provider, model, inputTokens, maxOutputTokens, maxCostUsd, redacted, leftOut } = question;
    const price = maxCostUsd === undefined ? 'unknown' : `at most $${maxCostUsd.toFixed(6)}`;
    const facts = [
      `- tokens: ${inputTokens}, and at most ${maxOutputTokens} in the answer`,
      `- price: ${price}`,
      `- cut out because it looks like a secret: ${redacted}`,
      ...(leftOut.length === 0 ? [] : [`- left out for want of room: ${leftOut.join(', ')}`]),
    ];
    const said = [
      ['System', question.system],
      ['Context', question.context],
      ['User', question.user],
    ].filter(([, text]) => text !== '');
    const texts = said.map(([title, text]) => `## ${title ?? ''}\n\n${fenced(text ?? '')}`);
    return `# ${provider} (${model})\n\n${facts.join('\n')}\n\n${texts.join('\n\n')}\n`;
  });
  return parts.join('\n');
}

/** A fence that is longer than any in the text. */
function fenced(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(3, 1 + Math.max(0, ...runs)));
  return `${fence}text\n${text.trimEnd()}\n${fence}`;
}
