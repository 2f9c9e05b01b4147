-- The command line, the help and the health check.
local t = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. "/support.lua")
t.enable()

local ADD = "def a|dd(a, b):\n    return a + b\n"

local function complete(line)
  return vim.fn.getcompletion(line, "cmdline")
end

t.test("subcommands are completed", function()
  t.equal({ "dry-run" }, complete("Docstring dry"))
  t.equal({ "metrics" }, complete("Docstring! me"))
  t.equal(vim.fn.sort(vim.tbl_keys(require("docstring-ls.command").subcommands)), complete("Docstring "))
end)

t.test("styles and providers are completed as the language has them", function()
  t.open(ADD)
  t.equal({ "numpy" }, complete("Docstring generate n"))
  t.equal({ "offline" }, complete("Docstring generate o"))
  t.equal({ "google", "numpy", "sphinx", "epytext", "pep257" }, complete("Docstring convert "))
  t.equal({ "auto" }, complete("Docstring provider a"))
  t.open("fn f|n() {}\n", "lib.rs")
  t.equal({ "rustdoc" }, complete("Docstring convert "))
end)

t.test("a wrong subcommand names the right ones", function()
  vim.cmd("Docstring generete")
  t.equal(true, t.said("no subcommand `generete`"))
  t.equal(true, t.said("generate"))
end)

t.test("convert asks for a style", function()
  t.open(ADD)
  vim.cmd("Docstring convert")
  t.equal(true, t.said("which style?"))
end)

t.test("cancel says when nothing is running", function()
  vim.cmd("Docstring cancel")
  t.equal(true, t.said("nothing is running"))
end)

t.test("every subcommand and every map is in the help", function()
  local help = t.read(t.plugin .. "/doc/docstring-ls.txt")
  for name in pairs(require("docstring-ls.command").subcommands) do
    t.contains(help, "*:Docstring-" .. name .. "*")
  end
  for _, map in ipairs(vim.api.nvim_get_keymap("n")) do
    if vim.startswith(map.lhs, "<Plug>(docstring-") then
      t.contains(help, "*" .. map.lhs .. "*")
    end
  end
  for _, line in ipairs(vim.split(help, "\n")) do
    t.equal(true, #line <= 78 or line)
  end
end)

t.test("the help has no tag twice, and none that leads nowhere", function()
  local doc = t.dir .. "/doc"
  vim.fn.mkdir(doc, "p")
  vim.fn.writefile(vim.fn.readfile(t.plugin .. "/doc/docstring-ls.txt"), doc .. "/docstring-ls.txt")
  vim.cmd.helptags(doc)
  local tags = {}
  for _, line in ipairs(vim.fn.readfile(doc .. "/tags")) do
    tags[line:match("^[^\t]+")] = true
  end
  for link in t.read(doc .. "/docstring-ls.txt"):gmatch("|(%S-)|") do
    t.equal(true, tags[link] or #vim.fn.getcompletion(link, "help") > 0 or link)
  end
end)

t.test("the health check is clean when all is well", function()
  t.open(ADD)
  vim.cmd("checkhealth docstring-ls")
  local text = t.text(0)
  t.contains(text, "OK docstring-ls 0.")
  t.contains(text, "running, in ")
  t.contains(text, "grammars")
  t.equal(nil, text:match("[^\n]*WARNING[^\n]*"))
  t.equal(nil, text:match("[^\n]*ERROR[^\n]*"))
  vim.cmd.bwipeout()
end)

t.test("the health check starts a server when none is running", function()
  vim.cmd("silent! %bwipeout!")
  for _, client in ipairs(vim.lsp.get_clients()) do
    client:stop()
  end
  t.wait("the server to end", function()
    return #vim.lsp.get_clients() == 0
  end)
  vim.cmd("checkhealth docstring-ls")
  t.contains(t.text(0), "starts and answers")
  t.equal(0, #vim.lsp.get_clients())
  vim.cmd.bwipeout()
end)

t.test("the health check tells what is missing", function()
  vim.lsp.config("docstring-ls", { cmd = { "docstring-ls-nowhere", "serve" } })
  vim.cmd("checkhealth docstring-ls")
  t.contains(t.text(0), "`docstring-ls-nowhere` is not an executable on the PATH")
  vim.lsp.config("docstring-ls", { cmd = { t.binary, "serve" } })
  vim.lsp.enable("docstring-ls", false)
  vim.cmd("checkhealth docstring-ls")
  t.contains(t.text(0), 'vim.lsp.enable("docstring-ls")')
end)

t.finish()
