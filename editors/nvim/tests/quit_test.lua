-- Neovim is left: no server stays, even when it is waiting for a provider.
local t = dofile(vim.fs.dirname(vim.fs.abspath(arg[0])) .. "/support.lua")
local provider = t.provider()
t.configure(provider)

local function alive(pid)
  return vim.uv.kill(pid, 0) == 0
end

--- Starts another Neovim that opens a file, asks, and tells the server's process.
local function neovim(leave)
  local path = t.dir .. "/quit.py"
  vim.fn.writefile({ "def add(a, b):", "    return a + b" }, path)
  provider.asked = 0
  local channel = vim.fn.jobstart({ vim.v.progpath, "--clean", "--headless", "--embed" }, { rpc = true })
  local function ask(code, ...)
    return vim.rpcrequest(channel, "nvim_exec_lua", code, { ... })
  end
  ask([[
    local plugin, binary, path = ...
    vim.o.swapfile = false
    vim.opt.runtimepath:prepend(plugin)
    vim.cmd("runtime! plugin/docstring-ls.lua")
    vim.lsp.config("docstring-ls", { cmd = { binary, "serve" } })
    vim.lsp.enable("docstring-ls")
    vim.cmd.edit(path)
  ]], t.plugin, t.binary, path)
  t.wait("the server", function()
    return ask("local c = vim.lsp.get_clients()[1]; return c ~= nil and c.initialized == true")
  end)
  ask('vim.cmd("Docstring generate")')
  t.wait("the provider to be asked", function()
    return provider.asked > 0
  end)
  local children = vim.api.nvim_get_proc_children(vim.fn.jobpid(channel))
  t.equal(1, #children)
  leave(channel)
  t.wait("the server to end", function()
    return not alive(children[1])
  end)
end

t.test("quitting ends the server", function()
  neovim(function(channel)
    vim.rpcnotify(channel, "nvim_command", "quitall!")
  end)
end)

t.test("killing Neovim ends the server", function()
  neovim(function(channel)
    vim.uv.kill(vim.fn.jobpid(channel), "sigkill")
  end)
end)

t.finish()
