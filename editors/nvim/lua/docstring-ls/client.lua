--- The running server, and how it is asked.
local M = {}

--- The name of the configuration in `lsp/`.
M.name = "docstring-ls"

---@param message string
---@param level? integer
function M.notify(message, level)
  vim.notify("docstring-ls: " .. message, level or vim.log.levels.INFO)
end

--- The server of a buffer; says what to do when there is none.
---@param buf? integer
---@return vim.lsp.Client?
function M.get(buf)
  local client = vim.lsp.get_clients({ name = M.name, bufnr = buf or 0 })[1]
  if not client then
    M.notify("not running in this buffer; :checkhealth docstring-ls tells why", vim.log.levels.WARN)
  end
  return client
end

--- Sends a request. An error is shown, unless it is the answer to a cancellation.
---@param client vim.lsp.Client
---@param method string
---@param params table
---@param done fun(result: any) Called with `nil` after an error, too
---@param buf? integer
---@return integer? id
function M.request(client, method, params, done, buf)
  local sent, id = client:request(method, params, function(err, result)
    -- -32800: cancelled, -32801: the text has changed.
    if err and err.code == -32801 then
      M.notify("the code changed meanwhile", vim.log.levels.WARN)
    elseif err and err.code ~= -32800 then
      M.notify(err.message or tostring(err), vim.log.levels.ERROR)
    end
    if result == vim.NIL then
      result = nil
    end
    done(not err and result or nil)
  end, buf or 0)
  return sent and id or nil
end

--- Whether the server knows a command. Older ones know fewer.
---@param client vim.lsp.Client
---@param command string
---@return boolean
function M.knows(client, command)
  local commands = vim.tbl_get(client.server_capabilities or {}, "executeCommandProvider", "commands") or {}
  return vim.list_contains(commands, command)
end

--- Runs a command of the server.
---@param client vim.lsp.Client
---@param command string Without "docstring-ls."
---@param argument? table
---@param done? fun(result: any)
---@param buf? integer
function M.execute(client, command, argument, done, buf)
  command = "docstring-ls." .. command
  if not M.knows(client, command) then
    M.notify(("this server has no command `%s`; a newer one may"):format(command), vim.log.levels.ERROR)
    return
  end
  local params = { command = command, arguments = argument and { argument } or nil }
  M.request(client, "workspace/executeCommand", params, done or function() end, buf)
end

return M
