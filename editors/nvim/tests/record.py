#!/usr/bin/env python3
"""Records `preview.svg`: a real Neovim with this plugin and the real server is driven by
keys, and each screen that it draws becomes a frame. Nothing in the picture is written by hand.

    DOCSTRING_LS=path/to/docstring-ls NVIM=nvim python3 editors/nvim/tests/record.py [FILE]

Needs `msgpack` (it comes with pynvim). Every step waits for what it is to bring about, and
the recording fails when that does not come.
"""
import html
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import msgpack

PLUGIN = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PLUGIN.parent))
sys.dont_write_bytecode = True
import stays

SAMPLE = PLUGIN.parent.parent / "examples/inventory.py"
COLUMNS, ROWS = 96, 34
CELL, LINE, MARGIN = 8, 17, 12
PATIENCE = 30.0

SETUP = """
local plugin, program = ...
vim.opt.runtimepath:prepend(plugin)
vim.cmd("runtime! plugin/docstring-ls.lua")
vim.o.swapfile, vim.o.number, vim.o.ruler, vim.o.showcmd = false, true, false, false
vim.o.laststatus, vim.o.shortmess, vim.o.signcolumn = 0, vim.o.shortmess .. "WFI", "no"
vim.o.wrap = false
vim.diagnostic.config({ virtual_text = true, signs = false })
vim.lsp.config("docstring-ls", { cmd = { program, "serve" } })
vim.lsp.enable("docstring-ls")
"""
READY = "local c = vim.lsp.get_clients({ name = 'docstring-ls' })[1]; return c ~= nil and c.initialized == true"


class Neovim:
    """A Neovim whose screen is here: `nvim --embed` with its grid protocol."""

    def __init__(self, program, env):
        command = [program, "--clean", "--embed"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
        self.unpacker = msgpack.Unpacker(raw=False, strict_map_key=False, ext_hook=lambda *_: None)
        self.asked = 0
        self.grid = []
        self.styles = {0: {}}
        self.colors = (0xE0E2EA, 0x14161B)
        self.cursor = (0, 0)
        self.shape = "block"
        self.ask("nvim_ui_attach", COLUMNS, ROWS, {"rgb": True, "ext_linegrid": True})

    def ask(self, method, *arguments):
        self.asked += 1
        self.process.stdin.write(msgpack.packb([0, self.asked, method, arguments]))
        self.process.stdin.flush()
        while True:
            for message in self.unpacker:
                if message[0] == 1 and message[1] == self.asked:
                    if message[2]:
                        raise RuntimeError(f"{method}: {message[2]}")
                    return message[3]
                if message[0] == 2 and message[1] == "redraw":
                    for name, *calls in message[2]:
                        for call in calls:
                            getattr(self, "on_" + name, lambda *_: None)(*call)
            data = self.process.stdout.read1(65536)
            if not data:
                raise RuntimeError("Neovim is gone")
            self.unpacker.feed(data)

    def lua(self, code, *arguments):
        return self.ask("nvim_exec_lua", code, arguments)

    def wait(self, what, condition):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.02)
        raise SystemExit(f"waited in vain for {what}:\n{self.text()}")

    def text(self):
        # Takes in what was drawn meanwhile.
        self.ask("nvim_get_mode")
        return "\n".join("".join(cell for cell, _ in row).rstrip() for row in self.grid)

    def on_grid_resize(self, _grid, width, height):
        self.grid = [[(" ", 0)] * width for _ in range(height)]

    def on_grid_clear(self, _grid):
        self.grid = [[(" ", 0)] * len(row) for row in self.grid]

    def on_default_colors_set(self, foreground, background, *_):
        self.colors = (foreground, background)

    def on_hl_attr_define(self, number, attributes, *_):
        self.styles[number] = attributes

    def on_grid_cursor_goto(self, _grid, row, column):
        self.cursor = (row, column)

    def on_mode_change(self, name, _number):
        self.shape = "bar" if name in ("insert", "cmdline_normal") else "block"

    def on_grid_line(self, _grid, row, column, cells, *_):
        style = 0
        for cell in cells:
            text, style = cell[0], cell[1] if len(cell) > 1 else style
            for _ in range(cell[2] if len(cell) > 2 else 1):
                self.grid[row][column] = (text, style)
                column += 1

    def on_grid_scroll(self, _grid, top, bottom, left, right, rows, _columns):
        lines = range(top, bottom - rows) if rows > 0 else range(bottom - 1, top - rows - 1, -1)
        for line in lines:
            self.grid[line][left:right] = self.grid[line + rows][left:right]

    def colours(self, number):
        style = self.styles.get(number, {})
        front = style.get("foreground", self.colors[0])
        back = style.get("background", self.colors[1])
        return (back, front) if style.get("reverse") else (front, back)


class Film:
    """Frames, as SVG: what rows have in common is kept once."""

    def __init__(self, neovim):
        self.neovim = neovim
        self.rows = {}
        self.frames = []

    def take(self, seconds):
        """The screen as it is now, for so long."""
        self.neovim.text()
        lines = []
        for number, row in enumerate(self.neovim.grid):
            drawn = self.row(row)
            if drawn:
                name = self.rows.setdefault(drawn, f"r{len(self.rows)}")
                lines.append(f'<use href="#{name}" y="{number * LINE}"/>')
        row, column = self.neovim.cursor
        width = CELL if self.neovim.shape == "block" else 2
        at = f'x="{column * CELL}" y="{row * LINE}" width="{width}" height="{LINE}"'
        lines.append(f'<rect {at} fill="#e0e2ea" fill-opacity=".6"/>')
        self.frames.append((seconds, "".join(lines)))

    def row(self, cells):
        parts, column = [], 0
        while column < len(cells):
            style = cells[column][1]
            end = column
            while end < len(cells) and cells[end][1] == style:
                end += 1
            text = "".join(text for text, _ in cells[column:end])
            front, back = self.neovim.colours(style)
            if back != self.neovim.colors[1]:
                width = (end - column) * CELL
                parts.append(f'<rect x="{column * CELL}" width="{width}" height="{LINE}" fill="#{back:06x}"/>')
            stripped = text.strip()
            if stripped:
                start = column + len(text) - len(text.lstrip())
                parts.append(
                    f'<text x="{start * CELL}" y="13" fill="#{front:06x}" textLength="{len(stripped) * CELL}">'
                    f"{html.escape(stripped, quote=False)}</text>"
                )
            column = end
        return "".join(parts)

    def svg(self):
        total = sum(seconds for seconds, _ in self.frames)
        width, height = COLUMNS * CELL + 2 * MARGIN, ROWS * LINE + 2 * MARGIN
        rules, groups, start = [], [], 0.0
        for index, (seconds, lines) in enumerate(self.frames):
            first, last = 100 * start / total, 100 * (start + seconds) / total
            before = "0%{visibility:hidden}" if index else ""
            after = f"{last:.3f}%{{visibility:hidden}}" if index < len(self.frames) - 1 else ""
            rules.append(f"@keyframes f{index}{{{before}{first:.3f}%{{visibility:visible}}{after}}}")
            rules.append(f"#f{index}{{animation:f{index} {total:.1f}s step-end infinite}}")
            groups.append(f'<g id="f{index}">{lines}</g>')
            start += seconds
        # Without motion: the screen with the preview.
        rules.append("@media(prefers-reduced-motion){g[id]{animation:none!important}#still{visibility:visible!important}}")
        groups[self.still] = groups[self.still].replace("<g ", '<g class="still" ', 1)
        rules[-1] = rules[-1].replace("#still", ".still")
        rows = "".join(f'<g id="{name}">{row}</g>' for row, name in self.rows.items())
        background = f"#{self.neovim.colors[1]:06x}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} {-MARGIN} {width} {height}" '
            'font-family="ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="13">'
            f"<style>text{{white-space:pre}}svg>g{{visibility:hidden}}{''.join(rules)}</style>"
            f'<rect x="{-MARGIN}" y="{-MARGIN}" width="100%" height="100%" rx="6" fill="{background}"/>'
            f"<defs>{rows}</defs>\n" + "\n".join(groups) + "\n</svg>\n"
        )


def record(neovim, film):
    """What the film shows."""

    def keys(text):
        neovim.ask("nvim_input", text)

    def command(text):
        before = 0
        for end in (1, 6, len(text)):
            keys(text[before:end])
            before = end
            neovim.wait("the command line", lambda: neovim.text().splitlines()[-1].rstrip() == text[:end].rstrip())
            film.take(0.25 if end < len(text) else 0.7)
        keys("<CR>")

    def shows(text):
        neovim.wait(f"{text!r}", lambda: text in neovim.text())

    def buffer(text):
        code = "return table.concat(vim.api.nvim_buf_get_lines(1, 0, -1, false), '\\n')"
        neovim.wait(f"{text!r}", lambda: text in neovim.lua(code))

    neovim.lua("vim.fn.search('def take', 'w'); vim.cmd('normal! wzt')")
    shows("`Ledger.below` has no doc")
    film.take(1.5)
    command(":Docstring preview")
    shows("<CR> insert")
    film.still = len(film.frames)
    film.take(3.0)
    keys("s")
    shows("----------")
    film.take(2.5)
    keys("<CR>")
    buffer("    Raises\n        ------")
    shows("Raises")
    film.take(2.5)
    keys("f)i")
    for letter in ", note: str":
        keys(letter)
    shows("note: str")
    film.take(0.5)
    keys("<Esc>")
    shows("lacks parameter")
    film.take(2.0)
    command(":Docstring update")
    buffer("        note : str")
    neovim.wait("the diagnostic to go", lambda: "lacks parameter" not in neovim.text())
    film.take(3.5)
    keys("u")
    film.take(0.2)


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else PLUGIN / "preview.svg"
    program = shutil.which(os.environ.get("DOCSTRING_LS", "docstring-ls"))
    if not program:
        sys.exit("needs docstring-ls ($DOCSTRING_LS)")
    with tempfile.TemporaryDirectory(prefix="docstring-ls-film-") as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith("DOCSTRING_LS_")}
        env |= {f"XDG_{name}_HOME": f"{folder}/{name.lower()}" for name in ("CONFIG", "STATE", "CACHE", "DATA")}
        sample = pathlib.Path(folder, "inventory.py")
        shutil.copy(SAMPLE, sample)
        neovim = Neovim(os.environ.get("NVIM", "nvim"), env)
        try:
            neovim.lua(SETUP, str(PLUGIN), str(pathlib.Path(program).resolve()))
            neovim.ask("nvim_command", f"edit {sample}")
            neovim.wait("the server", lambda: neovim.lua(READY))
            film = Film(neovim)
            record(neovim, film)
        finally:
            neovim.process.kill()
            neovim.process.wait()
            is_gone = stays.none_stays(folder)
        if not is_gone:
            raise SystemExit("the server stays though Neovim is gone")
    out.write_text(film.svg())
    print(f"{out}: {len(film.frames)} frames, {out.stat().st_size // 1024} KiB")


main()
