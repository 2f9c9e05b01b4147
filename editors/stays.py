"""What the drivers of real editors share: whether a server is still there.

An editor may be gone before its server is, and a server writes what it has counted as it
ends. A driver's folder is removed only when nobody writes to it any more.
"""
import pathlib
import time

PATIENCE = 30.0


def servers(folder):
    """The processes of docstring-ls whose environment names the folder (Linux)."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            program = (entry / "cmdline").read_bytes().split(b"\0")[0]
            if program.endswith(b"docstring-ls") and str(folder).encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:  # it ended meanwhile
            continue
    return found


def none_stays(folder):
    """Waits until no such process is left; false if one stays."""
    end = time.monotonic() + PATIENCE
    while servers(folder):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
