"""The providers' own client libraries as judges of our mock servers and recordings: what
they cannot read is not on protocol."""
import http.server, json, pathlib, re, subprocess, threading
import peers

RECORDINGS = peers.ROOT / "tests/fixtures/providers"
PYTHON = peers.PEERS / "v-sdk/bin/python"
READER = pathlib.Path(__file__).with_name("sdk_read.py")

# By dialect: the option of the judge, what follows our address, and its checks of whole
# answers, of streams, and of answers that are JSON.
DIALECTS = {
    "openai-chat": ("openai", "/v1", "openai.chat", "openai.chat.stream", "openai.chat.json_schema"),
    "openai-responses": ("openai", "/v1", "openai.responses", "openai.responses.stream", "openai.responses.json_schema"),
    "anthropic": ("anthropic", "", "anthropic.messages", "anthropic.stream", None),
    "gemini": ("gemini", "", "gemini.generate", "gemini.stream", "gemini.json_schema"),
    "ollama": ("ollama", "", "ollama.chat", "ollama.stream", "ollama.format_schema"),
}


def names(dialect):
    """The servers of which something is recorded."""
    found = {re.sub(r"^(whole|stream)-?", "", path.stem) for path in (RECORDINGS / dialect).glob("*.http") if path.stem.startswith(("whole", "stream"))}
    return sorted(found)


def recording(dialect, kind, name):
    return RECORDINGS / dialect / f"{kind}{name and '-'}{name}.http"


def parts(path):
    head, _, body = path.read_bytes().partition(b"\n\n")
    lines = head.decode().splitlines()
    return int(lines[0].split()[1]), [line.split(": ", 1) for line in lines[1:]], body


class Player(http.server.BaseHTTPRequestHandler):
    """Plays `/DIALECT/NAME/...` from the recordings, `/DIALECT/errors/FILE/...` too."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        _, dialect, name, rest = self.path.split("/", 3)
        # google-genai writes `models/M%3AstreamGenerateContent`, and none of it is in the body;
        # for Ollama a stream is what is not declined.
        streams = "streamGenerateContent" in rest or body.get("stream", dialect == "ollama")
        path = RECORDINGS / dialect / "errors" / rest.split("/")[0] if name == "errors" else \
            recording(dialect, "stream" if streams else "whole", name.strip("-"))
        status, headers, data = parts(path)
        self.send_response(status)
        for key, value in headers:
            if key not in ("content-length", "server", "keep-alive"):
                self.send_header(key, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def play():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Player)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def judged(check, what, addresses, checks):
    """Has the harness's judge ask these addresses."""
    command = [PYTHON, peers.HARNESS / "sdk_check.py", "--model", "m", "--only", ",".join(checks)]
    for option, url in addresses.items():
        command += [f"--{option}", url]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    lines = [line for line in run.stdout.splitlines() if line.startswith(("ok", "FAIL"))]
    bad = [line for line in lines if line.startswith("FAIL")]
    check(what, run.returncode == 0 and len(lines) == len(checks) and not bad,
          "; ".join(bad) or f"{len(lines)} of {len(checks)} checks{run.stderr[-300:] if run.returncode else ''}")


def is_plain(dialect, name):
    """Whether the judge can read an answer: it looks for words in the first block only."""
    whole = recording(dialect, "whole", name)
    if not whole.exists() or dialect not in ("anthropic", "openai-chat"):
        return True
    answer = json.loads(parts(whole)[2])
    if dialect == "anthropic":
        return answer["content"][0]["type"] == "text"
    return isinstance(answer["choices"][0]["message"]["content"], str)


def is_json(path):
    """Whether the words of an answer are JSON, whatever stands around them."""
    if not path.exists():
        return False
    return re.search(r'"(?:text|content)": ?"\{ ?\\?"', path.read_text()) is not None


def recordings(check):
    """Each recording of an answer; some of each dialect at a time, since starting the libraries takes long."""
    url, rounds = play(), {}
    for dialect, (option, suffix, whole, stream, schema) in DIALECTS.items():
        for number, name in enumerate(name for name in names(dialect) if is_plain(dialect, name)):
            # Two dialects are of one library.
            what, addresses, checks = rounds.setdefault((number, dialect == "openai-responses"), ([], {}, []))
            what.append(f"{dialect} {name}".strip())
            addresses[option] = f"{url}/{dialect}/{name or '-'}{suffix}"
            answer = recording(dialect, "whole", name)
            checks += [whole] if answer.exists() else []
            checks += [stream] if recording(dialect, "stream", name).exists() else []
            checks += [schema] if schema and is_json(answer) else []
    for what, addresses, checks in rounds.values():
        judged(check, f"recordings of {', '.join(what)}", addresses, checks)
    # And the rest: answers in several blocks, and every failure.
    work = [(dialect, f"{url}/{dialect}/{name or '-'}{suffix}", kind == "stream", None)
            for dialect, (_, suffix, *_) in DIALECTS.items() for name in names(dialect)
            for kind in ("whole", "stream") if recording(dialect, kind, name).exists()]
    work += [(dialect, f"{url}/{dialect}/errors/{path.name}{suffix}", False, parts(path)[0])
             for dialect, (_, suffix, *_) in DIALECTS.items() for path in sorted((RECORDINGS / dialect / "errors").glob("[45]*.http"))]
    run = subprocess.run([PYTHON, READER], input=json.dumps(work), capture_output=True, text=True, timeout=300)
    problems = [line for line in run.stdout.splitlines() if line.startswith("BAD")]
    check(f"{len(work)} recorded answers and failures are read by their libraries", run.returncode == 0 and not problems,
          "\n    ".join(problems) + run.stderr[-600:])


def mocks(check):
    """The servers of the tests and benches, each with the checks that it claims to pass."""
    command = ["cargo", "test", "--quiet", "--test", "mocks", "--", "serve"]
    server = subprocess.Popen(command, cwd=peers.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    peers.STARTED.append(server)
    line = next((line for line in server.stdout if line.startswith("[")), "[]")
    served = json.loads(line)
    check("our mock servers start", served)
    for mock in served:
        judged(check, mock["name"], {"openai": f"http://127.0.0.1:{mock['port']}/v1"}, mock["claims"])
    server.stdin.close()
    check("and end with their input", server.wait(20) == 0)
