// A provider on this machine: it speaks the Chat Completions protocol, wants a key, and counts.
import http from 'node:http';

/** Starts one that accepts `key`; `words` are its answers by the name of the symbol. */
export async function provider(key, words) {
  const calls = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      calls.push({ authorization: request.headers.authorization, body });
      const answer = (status, value) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(value));
      };
      if (request.headers.authorization !== `Bearer ${key}`) {
        answer(401, { error: { message: 'no such key', code: 'invalid_api_key' } });
        return;
      }
      const asked = Object.entries(words).find(([name]) => body.includes(`def ${name}(`));
      const content = JSON.stringify(asked?.[1] ?? {});
      const { stream } = JSON.parse(body);
      const usage = { prompt_tokens: 400, completion_tokens: 60, total_tokens: 460 };
      if (stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const send = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`);
        send({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] });
        send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage });
        response.end('data: [DONE]\n\n');
      } else {
        answer(200, { choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }], usage });
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    calls,
    url: `http://127.0.0.1:${server.address().port}/v1`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
