"""LiteLLM's sides of the benchmark: its router in two modes, and a bare HTTP client.

Reads orders from standard input, a line each (side, concurrency, questions), and answers
each with a line of JSON. What LiteLLM counts in seconds is set to a twentieth, as all of
the providers' times are.
"""

import os

SCALE = 20
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["INITIAL_RETRY_DELAY"] = str(0.5 / SCALE)
os.environ["MAX_RETRY_DELAY"] = str(8 / SCALE)
os.environ["JITTER"] = str(0.75 / SCALE)

import asyncio
import json
import resource
import sys
import time

import aiohttp
import litellm
from litellm import Router

PORTS = {"a": 18741, "b": 18742, "c": 18743}
litellm.suppress_debug_info = True
litellm.telemetry = False


def deployment(group: str, provider: str) -> dict:
    return {
        "model_name": group,
        "litellm_params": {
            "model": "openai/model",
            "api_base": f"http://127.0.0.1:{PORTS[provider]}/v1",
            "api_key": "none",
            "max_retries": 0,
        },
    }


def router(side: str) -> tuple[Router, str]:
    common = {"num_retries": 2, "timeout": 30 / SCALE, "cooldown_time": 5 / SCALE}
    if side == "litellm-group":
        models = [deployment("group", provider) for provider in PORTS]
        return Router(models, routing_strategy="latency-based-routing", **common), "group"
    models = [deployment(provider, provider) for provider in PORTS]
    return Router(models, fallbacks=[{"a": ["b", "c"]}], **common), "a"


def messages(number: int) -> list[dict]:
    return [{"role": "user", "content": f"question {number}; " + "word " * 800}]


async def run(side: str, at_once: int, count: int) -> dict:
    session = None
    if side == "aiohttp":
        session = aiohttp.ClientSession()

        async def ask(number: int) -> bool:
            body = {"model": "model", "messages": messages(number)}
            url = f"http://127.0.0.1:{PORTS['a']}/v1/chat/completions"
            async with session.post(url, json=body) as response:
                return bool((await response.json())["choices"][0]["message"]["content"])

    else:
        made, name = router(side)

        async def ask(number: int) -> bool:
            answer = await made.acompletion(
                model=name, messages=messages(number), max_tokens=300,
                response_format={"type": "json_object"},
            )
            return json.loads(answer.choices[0].message.content)["ok"] is True

    async def safely(number: int) -> bool:
        try:
            return await ask(number)
        except Exception:
            return False

    for number in range(5):
        await safely(1_000_000 + number)
    numbers = iter(range(count))
    good = []

    async def work() -> None:
        for number in numbers:
            began = time.perf_counter()
            if await safely(number):
                good.append((time.perf_counter() - began) * 1e3)

    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    if session:
        await session.close()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with open("/proc/self/status") as status:
        rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1e3
    return {"good": good, "count": count, "wall": wall, "cpu": cpu, "rss": rss}


async def main() -> None:
    out = sys.stdout
    sys.stdout = sys.stderr
    print("ready", file=out, flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        side, at_once, count = line.split()
        answer = await run(side, int(at_once), int(count))
        print(json.dumps(answer), file=out, flush=True)


asyncio.run(main())
