"""What the scripts that ask model servers share: installing, starting and stopping the
servers, a user with nothing but a configuration, and whether code came to harm.

The scripts that install the servers are not part of this repository: they are looked for
in $HARNESS (default ../shared/harness). They install into `.cache/peers`.
"""
import ast, contextlib, json, os, pathlib, signal, socket, subprocess, sys, tempfile, threading, time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTSIDE = pathlib.Path(os.environ.get("HARNESS", ROOT / "../shared/harness")).resolve()
HARNESS = OUTSIDE / "providers"
PEERS = ROOT / ".cache/peers"
STARTED = []

# What shows that a server is installed.
PROBES = {
    "llamacpp": ("v-llama/bin/python", "models/tiny.gguf"),
    "smollm2": ("v-llama/bin/python", "models/smollm2.gguf"),
    "aimock": ("aimock/node_modules/.bin/llmock",),
    "mitm": ("v-mitm/bin/mitmdump",),
    "litellm": ("v-litellm/bin/litellm",),
    "sdk": ("v-sdk/bin/jsonschema",),
}


def tool():
    """The binary that was built last; TOOL names another one."""
    built = [ROOT / f"target/{kind}/docstring-ls" for kind in ("release", "debug")]
    built = sorted((path for path in built if path.exists()), key=lambda path: path.stat().st_mtime)
    return os.environ.get("TOOL") or str(built[-1] if built else sys.exit("build docstring-ls first"))


# --- servers

def install(*names):
    env = {**os.environ, "PEERS_DIR": str(PEERS)}
    for name in names:
        if not all((PEERS / part).exists() for part in PROBES[name]):
            subprocess.run([HARNESS / "peers.sh", "install", name], env=env, check=True)


def start(name, command, port, work, seconds=60, **env):
    """Starts a server and waits until it takes connections."""
    log = open(work / f"{name}.log", "wb")
    command = [str(word) for word in command]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                              start_new_session=True, env={**os.environ, **env})
    STARTED.append(server)
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return server
        pause()
    sys.exit(f"{name} did not start:\n{(work / f'{name}.log').read_text(errors='replace')[-2000:]}")


def llama(name, model, work, *args, seconds=60):
    """llama.cpp's own server on this model; its address."""
    port = free_port()
    serve = [PEERS / "v-llama/bin/python", HARNESS / "llamacpp/serve.py", PEERS / "models" / model, port]
    start(name, [*serve, "--alias", name, "--template", HARNESS / "llamacpp/tools.jinja", *args], port, work, seconds)
    return f"http://127.0.0.1:{port}"


def pause():
    """Between two looks at something that another process does."""
    threading.Event().wait(0.01)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def stop(server):
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(5)
            return


def stop_all():
    for server in reversed(STARTED):
        stop(server)


def end_cleanly():
    """A signal ends this script by the way of its `finally`."""
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit(130))


def ask(url, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        return answer.read().decode()


# --- the tool

class Home:
    """A user with nothing but this configuration."""

    def __init__(self, folder, config, binary, **env):
        self.folder, self.binary = pathlib.Path(folder), binary
        folders = {f"XDG_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
        own = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PEER_KEY": "sk-test-0123456789"}
        self.env = {**own, **folders, **env}
        path = self.folder / "config/docstring-ls/config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(config)

    def generate(self, tree, *args, timeout=150):
        """The report on each symbol of a run that writes."""
        command = [self.binary, "generate", "--write", "--yes", "--scope", "all", "--style", "google",
                   "--output-format", "json", "--no-progress", *args]
        run = subprocess.run(command, cwd=tree, env=self.env, capture_output=True, text=True, timeout=timeout)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        if run.returncode not in (0, 1):
            print(run.stderr[-1500:])
        return [line for line in lines if "symbol" in line]


def config(dialect, url, *lines, model="tiny", **orchestrator):
    table = {"cache": "disk", "timeout": "60s", "bulk-timeout": "60s", "max-retries": 1} | {
        key.replace("_", "-"): value for key, value in orchestrator.items()}
    head = ["provider = 'peer'", "[orchestrator]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]
    peer = ["[providers.peer]", f"dialect = '{dialect}'", f"model = '{model}'", "context = 8192", "api-key-env = 'PEER_KEY'"]
    return "\n".join([*head, *peer, *([f"base-url = '{url}'"] if url else []), *lines, ""])


# --- code

def is_docstring(node, statement):
    return isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) \
        and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def bare(text):
    """A module without its docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and is_docstring(node, body[0]):
            del body[0]
    return ast.dump(tree)


def contents(tree):
    return {path.relative_to(tree): path.read_bytes() for path in sorted(tree.rglob("*")) if path.is_file()}


def harmed(before, after):
    """The files whose code is not what it was."""
    def code(path, data):
        text = data.decode()
        return bare(text) if path.suffix == ".py" else [line for line in text.splitlines() if not line.lstrip().startswith(("///", "//!"))]
    missing = before.keys() ^ after.keys()
    return sorted(missing) + [path for path in before.keys() & after.keys() if code(path, before[path]) != code(path, after[path])]


def work_folder(name):
    return pathlib.Path(tempfile.mkdtemp(prefix=f"docstring-ls-{name}-"))
