#!/usr/bin/env python3
"""Runs drive.vim in a real Vim with ALE, on a terminal of its own, and prints its result.

    DOCSTRING_LS=path/to/docstring-ls VIM_BIN=vim python3 editors/vim/tests/drive.py
"""
import os
import pathlib
import pty
import select
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True
import stays

PATIENCE = 90.0

program = shutil.which(os.environ.get("DOCSTRING_LS", "docstring-ls"))
vim = shutil.which(os.environ.get("VIM_BIN", "vim"))
if not program or not vim or not pathlib.Path("/usr/share/vim-ale").is_dir():
    sys.exit("needs docstring-ls ($DOCSTRING_LS), Vim ($VIM_BIN) and Debian's vim-ale")

with tempfile.TemporaryDirectory(prefix="docstring-ls-vim-") as folder:
    result = pathlib.Path(folder, "result")
    sample = pathlib.Path(folder, "sample.py")
    sample.write_text("def add(a, b):\n    return a + b\n")
    script = pathlib.Path(__file__).resolve().parent / "drive.vim"
    environment = os.environ | {
        "TERM": "dumb",
        "DOCSTRING_LS": str(pathlib.Path(program).resolve()),
        "RESULT": str(result),
        "SAMPLE": str(sample),
        "XDG_CONFIG_HOME": folder,
        "XDG_STATE_HOME": folder,
    }
    child, terminal = pty.fork()
    if child == 0:
        os.execve(vim, [vim, "-Nu", "NONE", "-i", "NONE", "-n", "-S", str(script)], environment)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:  # a screen that nobody reads blocks Vim
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                if not os.read(terminal, 65536):
                    break
            except OSError:
                break
    else:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(result.read_text() if result.exists() else "not ok - Vim came to a result", end="")
    alone = stays.none_stays(folder)
    print("ok - no server stays" if alone else "not ok - no server stays")
sys.exit(1 if status or not alone else 0)
