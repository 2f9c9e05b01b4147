--- `:checkhealth docstring-ls`.
local client = require("docstring-ls.client")

local M = {}

--- How long the server may take to start.
local PATIENCE_MS = 5000

---@return string[]? cmd
local function check_configuration()
  vim.health.start("docstring-ls: configuration")
  if vim.fn.has("nvim-0.11") == 0 then
    vim.health.error("Neovim 0.11 or newer is needed")
    return
  end
  vim.health.ok("Neovim " .. tostring(vim.version()))
  local config = vim.lsp.config[client.name]
  if not config then
    vim.health.error("lsp/docstring-ls.lua is not found", "put `editors/nvim` on 'runtimepath'")
    return
  end
  if vim.lsp.is_enabled and vim.lsp.is_enabled(client.name) then
    vim.health.ok("enabled for " .. table.concat(config.filetypes or {}, ", "))
  else
    vim.health.warn("not enabled", 'add `vim.lsp.enable("docstring-ls")` to your configuration')
  end
  if type(config.cmd) ~= "table" then
    vim.health.info("the server is started by a function; it cannot be looked up")
    return
  end
  return config.cmd --[[@as string[] ]]
end

---@param cmd string[]
---@return boolean
local function check_binary(cmd)
  vim.health.start("docstring-ls: the program")
  local path = vim.fn.exepath(cmd[1])
  if path == "" then
    vim.health.error(("`%s` is not an executable on the PATH"):format(cmd[1]), {
      "install it: `cargo install --path .` in a clone of the repository",
      'or name it: `vim.lsp.config("docstring-ls", { cmd = { "/path/to/docstring-ls", "serve" } })`',
    })
    return false
  end
  local started, version = pcall(vim.system, { path, "--version" }, { text = true, timeout = PATIENCE_MS })
  local result = started and version:wait() or nil
  if not result or result.code ~= 0 then
    vim.health.error(("`%s --version` failed"):format(path), result and result.stderr or tostring(version))
    return false
  end
  vim.health.ok(("%s (%s)"):format(vim.trim(result.stdout), path))
  return true
end

---@param cmd string[]
local function check_server(cmd)
  vim.health.start("docstring-ls: the server")
  local running = vim.lsp.get_clients({ name = client.name })
  for _, server in ipairs(running) do
    local bufs = vim.tbl_count(server.attached_buffers)
    vim.health.ok(("running, in %d buffer%s of %s"):format(bufs, bufs == 1 and "" or "s", server.root_dir or "no folder"))
  end
  if #running > 0 then
    return
  end
  -- None is needed at the moment: start one for a look.
  local id = vim.lsp.start({ name = "docstring-ls-health", cmd = cmd }, { attach = false, silent = true })
  local server = id and vim.lsp.get_client_by_id(id)
  local is_up = server and vim.wait(PATIENCE_MS, function()
    return server.initialized == true
  end, 10)
  if server then
    server:stop(not is_up)
    vim.wait(PATIENCE_MS, function()
      return vim.lsp.get_client_by_id(server.id) == nil
    end, 10)
  end
  if is_up then
    vim.health.ok("starts and answers; it attaches to Python and Rust files")
  else
    vim.health.error("does not answer", "see `:Docstring log`")
  end
end

---@param cmd string[]
local function check_doctor(cmd)
  local server = vim.lsp.get_clients({ name = client.name })[1]
  local folder = server and server.root_dir or vim.fn.getcwd()
  vim.health.start("docstring-ls: doctor, in " .. folder)
  local result = vim.system({ cmd[1], "doctor" }, { text = true, timeout = PATIENCE_MS, cwd = folder }):wait()
  local lines = vim.split(vim.trim((result.stdout or "") .. (result.stderr or "")), "\n")
  local report = table.concat(lines, "\n")
  if result.code == 0 then
    vim.health.ok(report)
  else
    vim.health.warn(report, "run `docstring-ls doctor` in a terminal")
  end
end

function M.check()
  local cmd = check_configuration()
  if cmd and check_binary(cmd) then
    check_server(cmd)
    check_doctor(cmd)
  end
end

return M
