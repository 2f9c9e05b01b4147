--- What every test needs: files in a folder of their own, a server in a buffer, keys,
--- and a provider whose answers are held back until the test lets them go.
local M = {}

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, "S").source:sub(2)))
M.plugin = vim.fs.dirname(here)
M.binary = assert(vim.env.DOCSTRING_LS, "DOCSTRING_LS names the program under test")
M.dir = assert(vim.uv.fs_realpath(vim.fn.mkdir(vim.fn.tempname(), "p") == 1 and vim.fn.tempname():match("^(.*)/")))
M.patience = 15000

-- Nothing of the machine's own configuration counts.
for _, name in ipairs({ "CONFIG", "STATE", "CACHE" }) do
  vim.env["XDG_" .. name .. "_HOME"] = M.dir .. "/" .. name:lower()
end
for name in pairs(vim.fn.environ()) do
  if vim.startswith(name, "DOCSTRING_LS_") then
    vim.env[name] = nil
  end
end

vim.o.swapfile = false
vim.opt.runtimepath:prepend(M.plugin)
vim.cmd("filetype on")
vim.cmd("runtime! plugin/docstring-ls.lua")

M.messages = {}
vim.notify = function(message, level)
  M.messages[#M.messages + 1] = { message = message, level = level }
end

vim.lsp.handlers["window/showMessage"] = function(_, params)
  M.messages[#M.messages + 1] = { message = params.message }
end

local failed, passed = 0, 0

---@param name string
---@param body fun()
function M.test(name, body)
  M.messages = {}
  local ok, err = xpcall(body, debug.traceback)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
  end
  io.stdout:write(("%s %d - %s\n"):format(ok and "ok" or "not ok", passed + failed, name))
  if not ok then
    io.stdout:write("# " .. tostring(err):gsub("\n", "\n# ") .. "\n")
    for _, message in ipairs(M.messages) do
      io.stdout:write("# message: " .. message.message .. "\n")
    end
  end
  vim.cmd.stopinsert()
  while M.float() do
    vim.api.nvim_win_close((M.float()), true)
  end
  io.stdout:flush()
end

--- Ends the run; the status tells whether all is well.
function M.finish()
  for _, client in ipairs(vim.lsp.get_clients()) do
    client:stop()
  end
  M.wait("the servers to end", function()
    return #vim.lsp.get_clients() == 0
  end)
  io.stdout:write(("%d passed, %d failed\n"):format(passed, failed))
  os.exit(failed == 0 and 0 or 1)
end

---@param what string
---@param condition fun(): any
function M.wait(what, condition)
  local found
  local ok = vim.wait(M.patience, function()
    found = condition()
    return found and true or false
  end, 10)
  if not ok then
    error("waited in vain for " .. what .. "\n" .. M.text(0), 2)
  end
  return found
end

---@param expected any
---@param actual any
function M.equal(expected, actual)
  if not vim.deep_equal(expected, actual) then
    error(("expected %s\n   found %s"):format(vim.inspect(expected), vim.inspect(actual)), 2)
  end
end

---@param text string
---@param part string
function M.contains(text, part)
  if not (text and text:find(part, 1, true)) then
    error(("no %q in\n%s"):format(part, tostring(text)), 2)
  end
end

---@param buf integer
function M.text(buf)
  return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), "\n") .. "\n"
end

---@param path string
function M.read(path)
  return table.concat(vim.fn.readfile(path), "\n")
end

--- Presses keys as a person does, mappings included.
---@param keys string
function M.press(keys)
  vim.api.nvim_feedkeys(vim.keycode(keys), "xt", false)
end

local count = 0

--- Opens a file with `text`; "|" in it is where the cursor goes. Waits for the server.
---@param text string
---@param name? string
---@return integer buf, vim.lsp.Client client
function M.open(text, name)
  count = count + 1
  local before = text:match("^(.-)|") or ""
  local row = select(2, before:gsub("\n", "")) + 1
  local col = #before:match("[^\n]*$")
  text = text:gsub("|", "", 1)
  local path = ("%s/%d/%s"):format(M.dir, count, name or "sample.py")
  vim.fn.mkdir(vim.fs.dirname(path), "p")
  vim.fn.writefile(vim.split(text, "\n"), path, "b")
  vim.cmd.edit(path)
  local buf = vim.api.nvim_get_current_buf()
  local client = M.wait("the server", function()
    local client = vim.lsp.get_clients({ bufnr = buf, name = "docstring-ls" })[1]
    return client and client.initialized and client
  end)
  vim.api.nvim_win_set_cursor(0, { row, col })
  return buf, client
end

--- Uses the plugin's own configuration, with the program under test.
function M.enable()
  vim.lsp.config("docstring-ls", { cmd = { M.binary, "serve" } })
  vim.lsp.enable("docstring-ls")
end

--- The window that floats, its buffer's text and its configuration.
function M.float()
  for _, win in ipairs(vim.api.nvim_list_wins()) do
    local config = vim.api.nvim_win_get_config(win)
    if config.relative ~= "" then
      return win, M.text(vim.api.nvim_win_get_buf(win)), config
    end
  end
end

--- What a message said.
---@param part string
function M.said(part)
  return vim.iter(M.messages):any(function(message)
    return message.message:find(part, 1, true) ~= nil
  end)
end

--- An answer that a schema admits.
---@param schema table
local function answer(schema)
  local kind = type(schema.type) == "table" and schema.type[1] or schema.type
  if schema.enum then
    return schema.enum[1]
  elseif kind == "object" then
    local object = vim.empty_dict()
    for key, part in pairs(schema.properties) do
      object[key] = type(part.type) == "table" and vim.NIL or answer(part)
    end
    return object
  elseif kind == "array" then
    return vim.tbl_map(answer, schema.prefixItems or {})
  end
  return "Answer from the held provider."
end

--- A provider in this process that speaks Ollama's dialect on a port of its own. It
--- answers nothing until `release(n)` allows n answers.
function M.provider()
  local provider = { asked = 0, closed = 0, allowed = 0 }
  local held = {}
  local server = assert(vim.uv.new_tcp())
  assert(server:bind("127.0.0.1", 0))
  local function flush()
    while provider.allowed > 0 and #held > 0 do
      if table.remove(held, 1)() then
        provider.allowed = provider.allowed - 1
      end
    end
  end
  assert(server:listen(64, function()
    local socket = assert(vim.uv.new_tcp())
    server:accept(socket)
    local input = ""
    socket:read_start(vim.schedule_wrap(function(_, chunk)
      if not chunk then
        provider.closed = provider.closed + 1
        socket:close()
        return
      end
      input = input .. chunk
      local head, body = input:match("^(.-\r\n\r\n)(.*)$")
      local length = head and tonumber(head:lower():match("content%-length: (%d+)"))
      if not length or #body < length then
        return
      end
      input = ""
      provider.asked = provider.asked + 1
      local question = vim.json.decode(body:sub(1, length))
      held[#held + 1] = function()
        if socket:is_closing() then
          return false
        end
        local reply = vim.json.encode({
          model = "held",
          message = { role = "assistant", content = vim.json.encode(answer(question.format)) },
          done = true,
          done_reason = "stop",
          prompt_eval_count = 1,
          eval_count = 1,
        }) .. "\n"
        local head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ncontent-length: %d\r\n\r\n"
        socket:write(head:format(#reply) .. reply)
        return true
      end
      flush()
    end))
  end))
  provider.port = server:getsockname().port
  function provider.release(number)
    provider.allowed = provider.allowed + number
    flush()
  end
  return provider
end

--- Writes the user's configuration file: this provider is the one that is asked.
function M.configure(provider)
  vim.fn.mkdir(M.dir .. "/config/docstring-ls", "p")
  vim.fn.writefile({
    'provider = "held"',
    "[providers.held]",
    'dialect = "ollama"',
    'model = "held"',
    ('base-url = "http://127.0.0.1:%d"'):format(provider.port),
    "[orchestrator]",
    'hedge = "off"',
  }, M.dir .. "/config/docstring-ls/config.toml")
end

return M
