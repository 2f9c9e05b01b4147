-- A provider that is slow: progress, cancelling, and answers for a text of yesterday.
local t = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. "/support.lua")
local provider = t.provider()
t.configure(provider)
t.enable()

local plugin = require("docstring-ls")
local jobs = require("docstring-ls.jobs")

--- A file whose first function no other test has asked about.
local function two(operator)
  return ("def a|dd(a, b):\n    return a %s b\n\n\ndef mul(a, b):\n    return a * b\n"):format(operator)
end

local seen = {}
vim.api.nvim_create_autocmd("LspProgress", {
  callback = function(event)
    seen[#seen + 1] = event.data.params.value.kind
  end,
})

local function fresh()
  seen, provider.asked, provider.closed, provider.allowed = {}, 0, 0, 0
end

local function settled()
  t.wait("the end of all jobs", function()
    return #jobs.list() == 0 and plugin.statusline() == ""
  end)
end

t.test("a job shows progress until its edit is there", function()
  fresh()
  local buf = t.open(two("+"))
  t.equal("", plugin.statusline())
  vim.cmd("Docstring generate")
  t.wait("the provider to be asked", function()
    return provider.asked == 1 and #jobs.list() == 1
  end)
  t.contains(plugin.statusline(), "docstring: Generating")
  provider.release(1)
  t.wait("the docstring", function()
    return t.text(buf):find("Answer from the held provider.", 1, true)
  end)
  settled()
  t.equal({ "begin", "end" }, { seen[1], seen[#seen] })
end)

t.test("a job for the file is cancelled: nothing is inserted, the provider is let go", function()
  fresh()
  local buf = t.open(two("-"))
  local before = t.text(buf)
  vim.cmd("Docstring all")
  t.wait("the provider to be asked", function()
    return provider.asked > 0 and #jobs.list() == 1
  end)
  vim.cmd("Docstring cancel")
  settled()
  t.wait("the calls to be closed", function()
    return provider.closed > 0
  end)
  t.equal("end", seen[#seen])
  t.equal(before, t.text(buf))
  -- The server is as well as before.
  t.equal("docstring-ls", vim.lsp.get_clients({ bufnr = buf })[1].name)
end)

t.test("a job is cancelled by the notification for progress, too", function()
  fresh()
  local buf, client = t.open(two("//"))
  vim.cmd("Docstring generate")
  t.wait("the job", function()
    return #jobs.list() == 1 and provider.asked == 1
  end)
  client:notify("window/workDoneProgress/cancel", { token = "docstring-ls/" .. jobs.list()[1].id })
  settled()
  t.equal(nil, t.text(buf):find('"""', 1, true))
end)

t.test("a preview that waits is cancelled", function()
  fresh()
  t.open(two("**"))
  vim.cmd("Docstring preview")
  t.wait("the provider to be asked", function()
    return provider.asked == 1
  end)
  t.contains(plugin.statusline(), "waiting")
  vim.cmd("Docstring cancel")
  t.equal("", plugin.statusline())
  t.wait("the call to be closed", function()
    return provider.closed > 0
  end)
  t.equal(nil, (t.float()))
end)

t.test("an answer lands on its symbol, though lines were inserted above it", function()
  fresh()
  local buf = t.open(two("%"))
  vim.cmd("Docstring generate")
  t.wait("the provider to be asked", function()
    return provider.asked == 1
  end)
  vim.api.nvim_buf_set_lines(buf, 0, 0, true, { "import os", "import sys", "" })
  provider.release(1)
  t.wait("the docstring", function()
    return t.text(buf):find('def add(a, b):\n    """Answer', 1, true)
  end)
  t.contains(t.text(buf), "import os\nimport sys\n\ndef add")
  settled()
end)

t.test("an answer for a signature that has changed is dropped with a sentence", function()
  fresh()
  local buf = t.open(two("&"))
  vim.cmd("Docstring generate")
  t.wait("the provider to be asked", function()
    return provider.asked == 1
  end)
  vim.api.nvim_buf_set_lines(buf, 0, 1, true, { "def add(a, b, c):" })
  local before = t.text(buf)
  provider.release(1)
  t.wait("the sentence", function()
    return t.said("The code changed meanwhile")
  end)
  settled()
  t.equal(before, t.text(buf))
end)

t.test("an edit that the server sends for an old text is refused, and said to be", function()
  local buf, client = t.open(two("+"))
  local before = t.text(buf)
  local handler = client.handlers["workspace/applyEdit"]
  local old = vim.lsp.util.buf_versions[buf]
  vim.api.nvim_buf_set_lines(buf, 0, 0, true, { "import os" })
  local range = { start = { line = 0, character = 0 }, ["end"] = { line = 0, character = 0 } }
  local edit = {
    documentChanges = { {
      textDocument = { uri = vim.uri_from_bufnr(buf), version = old },
      edits = { { range = range, newText = "# wrong\n" } },
    } },
  }
  local answer = handler(nil, { edit = edit }, { client_id = client.id, method = "workspace/applyEdit" })
  t.equal({ applied = false, failureReason = "the buffer has changed" }, answer)
  t.equal("import os\n" .. before, t.text(buf))
end)

t.test("what the provider did is counted", function()
  t.open(two("+"))
  vim.cmd("Docstring stats")
  t.wait("the window", t.float)
  local _, text = t.float()
  t.contains(text, "held")
  t.contains(text, "offline")
  t.contains(text, "cache: ")
  t.press("q")
  vim.cmd("Docstring metrics")
  t.wait("the window", t.float)
  _, text = t.float()
  t.contains(text, "# docstring-ls")
  t.contains(text, "| held |")
end)

t.test("a dry run shows what would be sent", function()
  t.open(two("+"))
  vim.cmd("Docstring dry-run")
  t.wait("the window", t.float)
  local _, text = t.float()
  t.contains(text, "# To held (held)")
  t.contains(text, "def add(a, b):")
end)

t.test("another provider is chosen for the session, and the server restarted", function()
  fresh()
  local buf, client = t.open(two("^"))
  t.equal({ "held", "offline" }, plugin.providers())
  vim.cmd("Docstring provider offline")
  vim.cmd("Docstring generate")
  t.wait("the docstring", function()
    return t.text(buf):find('"""', 1, true)
  end)
  t.equal(0, provider.asked)
  vim.cmd("Docstring restart")
  t.wait("another server", function()
    local now = vim.lsp.get_clients({ bufnr = buf, name = "docstring-ls" })[1]
    return now and now.id ~= client.id and now.initialized
  end)
end)

t.finish()
