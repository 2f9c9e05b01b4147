"""Reads recordings through the official client libraries, in their own environment: from
standard input a list of (dialect, address, whether it is a stream, the expected status)."""
import json, sys

import anthropic, ollama, openai
from google import genai
from google.genai import errors, types

ASK = [{"role": "user", "content": "Describe it."}]


def chat(url, stream):
    client = openai.OpenAI(base_url=url, api_key="k", max_retries=0)
    if not stream:
        return client.chat.completions.create(model="m", messages=ASK).choices[0].message.content
    chunks = [chunk for chunk in client.chat.completions.create(model="m", messages=ASK, stream=True) if chunk.choices]
    assert any(chunk.choices[0].finish_reason == "stop" for chunk in chunks), "no reason to finish"
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def responses(url, stream):
    client = openai.OpenAI(base_url=url, api_key="k", max_retries=0)
    if not stream:
        return client.responses.create(model="m", input="x").output_text
    events = list(client.responses.create(model="m", input="x", stream=True))
    assert events[-1].type == "response.completed", events[-1].type
    return "".join(event.delta for event in events if event.type == "response.output_text.delta")


def messages(url, stream):
    client = anthropic.Anthropic(base_url=url, api_key="k", max_retries=0)
    asked = dict(model="m", max_tokens=9, messages=ASK)
    if stream:
        with client.messages.stream(**asked) as events:
            answer = events.get_final_message()
    else:
        answer = client.messages.create(**asked)
    assert answer.stop_reason == "end_turn", answer.stop_reason
    return "".join(block.text for block in answer.content if block.type == "text")


def generate(url, stream):
    # The library's own version of the interface, and the path that goes with it.
    client = genai.Client(api_key="k", http_options=types.HttpOptions(base_url=url))
    if not stream:
        return client.models.generate_content(model="m", contents="x").text
    chunks = list(client.models.generate_content_stream(model="m", contents="x"))
    assert chunks[-1].candidates[0].finish_reason, "no reason to finish"
    return "".join(chunk.text or "" for chunk in chunks)


def local(url, stream):
    client = ollama.Client(host=url)
    if not stream:
        return client.chat(model="m", messages=ASK).message.content
    lines = list(client.chat(model="m", messages=ASK, stream=True))
    assert lines[-1].done, "it does not end"
    return "".join(line.message.content or "" for line in lines)


READ = {"openai-chat": chat, "openai-responses": responses, "anthropic": messages, "gemini": generate, "ollama": local}
REFUSED = (openai.APIStatusError, anthropic.APIStatusError, errors.APIError, ollama.ResponseError)


def read(dialect, url, stream, status):
    try:
        words = READ[dialect](url, stream)
    except REFUSED as error:
        told = getattr(error, "status_code", None) or getattr(error, "code", None)
        return None if told == status else f"HTTP {told}, not {status}: {error}"
    except Exception as error:  # Whatever a library makes of what it cannot read.
        return f"{type(error).__name__}: {error}"
    if status:
        return f"an answer, not HTTP {status}: {words!r}"
    # Mistral's blocks are handed on as they are.
    return None if words and (isinstance(words, list) or words.strip()) else "no words"


for dialect, url, stream, status in json.load(sys.stdin):
    problem = read(dialect, url, stream, status)
    print("BAD" if problem else "ok ", dialect, "/".join(url.split("/")[4:]), "stream" if stream else "", problem or "")
