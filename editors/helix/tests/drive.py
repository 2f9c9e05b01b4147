#!/usr/bin/env python3
"""Presses keys in a real Helix that runs in tmux, with the configuration of this folder.

    DOCSTRING_LS=path/to/docstring-ls HX=hx python3 editors/helix/tests/drive.py
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True
import stays

CONFIGURATION = pathlib.Path(__file__).resolve().parent.parent / "languages.toml"
TEXT = "def add(a, b):\n    return a + b\n"
PATIENCE = 30.0

program = shutil.which(os.environ.get("DOCSTRING_LS", "docstring-ls"))
helix = shutil.which(os.environ.get("HX", "hx"))
if not program or not helix or not shutil.which("tmux"):
    sys.exit("needs docstring-ls ($DOCSTRING_LS), Helix ($HX) and tmux")

failed = 0
root = pathlib.Path(tempfile.mkdtemp(prefix="docstring-ls-helix-"))
socket = str(root / "tmux")
env = {name: value for name, value in os.environ.items() if name != "TMUX"}
env |= {
    "XDG_CONFIG_HOME": str(root / "config"),
    "XDG_CACHE_HOME": str(root / "cache"),
    "XDG_STATE_HOME": str(root / "state"),
    "PATH": f"{root / 'bin'}:{env['PATH']}",
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm-256color",
}


def tmux(*words):
    command = ["tmux", "-S", socket, "-f", "/dev/null", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True).stdout


def screen():
    return tmux("capture-pane", "-p", "-t", "helix")


def press(*keys):
    tmux("send-keys", "-t", "helix", *keys)


def run(command):
    """A command line; it has come when the screen shows it."""
    press(":")
    tmux("send-keys", "-t", "helix", "-l", command)
    wait(lambda: f":{command}" in screen())
    press("Enter")


def wait(condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def check(what, good):
    global failed
    failed += not good
    print(f"{'ok' if good else 'not ok'} - {what}", flush=True)
    if not good:
        log = root / "cache/helix/helix.log"
        tail = log.read_text().splitlines()[-20:] if log.exists() else []
        print("\n".join(f"# {line}" for line in [*screen().splitlines(), *tail]))


def saved(expected):
    run("write!")
    return wait(lambda: expected(sample.read_text()))


version = subprocess.run([helix, "--version"], capture_output=True, text=True).stdout.split()[1]
print("# Helix", version)
(root / "bin").mkdir()
(root / "bin/docstring-ls").symlink_to(pathlib.Path(program).resolve())
(root / "config/helix").mkdir(parents=True)
# With the settings that the file shows in a comment.
settings = CONFIGURATION.read_text().replace("\n# config = {", "\nconfig = {")
(root / "config/helix/languages.toml").write_text(settings)
(root / "project/.git").mkdir(parents=True)
sample = root / "project/sample.py"
sample.write_text(TEXT)
try:
    tmux("new-session", "-d", "-s", "helix", "-x", "110", "-y", "40", helix, "-vv", str(sample))
    check("opens the file", wait(lambda: "def add" in screen()))
    check("starts the server", wait(lambda: stays.servers(root)))
    press("4", "l")

    def hovered():
        # Until the server has started, the key says so, and nothing else happens.
        press("Escape")
        press("Space", "k")
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if "Docstring preview" in screen():
                return True
            time.sleep(0.05)
        return False

    check("space k previews, in the style of the settings", wait(hovered) and "Parameters" in screen())
    press("Escape")
    check("the preview closes", wait(lambda: "Docstring preview" not in screen()))
    press("Space", "a")
    check("space a offers it", wait(lambda: "Generate docstring" in screen()))
    press("Enter")
    check("and inserts it", wait(lambda: '"""' in screen() and "Parameters" in screen()))
    check("on disk, too", saved(lambda text: '    """' in text and "    Parameters\n    ----------\n" in text))
    press("u")
    check("one undo takes it back", saved(lambda text: text == TEXT))
    run("quit!")
    check("quits", wait(lambda: not tmux("list-sessions")))
    check("no server stays", stays.none_stays(root))
finally:
    tmux("kill-server")
    stays.none_stays(root)
    shutil.rmtree(root, ignore_errors=True)
sys.exit(1 if failed else 0)
