--- What the server is doing: jobs with progress, and previews that wait for a provider.
local client = require("docstring-ls.client")

local M = {}

---@type table<string, docstring-ls.Job>
local running = {}
---@type table<string, fun()> How to cancel a waiting preview
local waiting = {}

local PREFIX = "docstring-ls/"

local function redraw()
  -- Without a screen there is nothing to draw.
  if #vim.api.nvim_list_uis() > 0 then
    vim.schedule(function()
      vim.cmd.redrawstatus({ bang = true })
    end)
  end
end

--- For the `LspProgress` event.
---@param data { client_id: integer, params: lsp.ProgressParams }
function M.on_progress(data)
  local token, value = data.params.token, data.params.value
  if type(token) ~= "string" or token:sub(1, #PREFIX) ~= PREFIX or type(value) ~= "table" then
    return
  end
  local key = data.client_id .. ":" .. token
  if value.kind == "end" then
    running[key] = nil
  else
    local job = running[key] or { id = tonumber(token:sub(#PREFIX + 1)), client_id = data.client_id }
    job.title = value.title or job.title
    job.message = value.message or job.message
    job.percentage = value.percentage or job.percentage
    running[key] = job
  end
  redraw()
end

--- Remembers a request that can be cancelled; call the answer when it is done.
---@param cancel fun()
---@return fun() done
function M.wait(cancel)
  local key = tostring(cancel)
  waiting[key] = cancel
  redraw()
  return function()
    waiting[key] = nil
    redraw()
  end
end

--- The running jobs of servers that are still there.
---@return docstring-ls.Job[]
function M.list()
  for key, job in pairs(running) do
    if not vim.lsp.get_client_by_id(job.client_id) then
      running[key] = nil
    end
  end
  local jobs = vim.tbl_values(running)
  table.sort(jobs, function(a, b)
    return (a.id or 0) < (b.id or 0)
  end)
  return jobs
end

--- Cancels everything.
---@return integer count
function M.cancel()
  local count = 0
  for _, cancel in pairs(vim.deepcopy(waiting)) do
    count = count + 1
    cancel()
  end
  for _, job in ipairs(M.list()) do
    local server = vim.lsp.get_client_by_id(job.client_id)
    if server and job.id then
      count = count + 1
      client.execute(server, "cancel", { jobId = job.id })
    end
  end
  return count
end

--- For a status line: "" when nothing is running.
---@return string
function M.status()
  local jobs = M.list()
  local job = jobs[1]
  if not job then
    return next(waiting) and "docstring: waiting for the provider" or ""
  end
  local parts = { "docstring:", job.title, job.message }
  if job.percentage then
    parts[#parts + 1] = ("%d%%"):format(job.percentage)
  end
  if #jobs > 1 then
    parts[#parts + 1] = ("(+%d)"):format(#jobs - 1)
  end
  -- `parts` may have holes.
  local words = {}
  for index = 1, 5 do
    words[#words + 1] = parts[index]
  end
  return table.concat(words, " ")
end

return M
