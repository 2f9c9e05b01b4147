--- docstring-ls for Neovim. There is no setup(): `vim.lsp.enable("docstring-ls")` is
--- all that is needed, and settings are the server's (see |docstring-ls-settings|).
local client = require("docstring-ls.client")
local edits = require("docstring-ls.edits")
local float = require("docstring-ls.float")
local jobs = require("docstring-ls.jobs")
local preview = require("docstring-ls.preview")

local M = {}

local STYLES = {
  python = { "google", "numpy", "sphinx", "epytext", "pep257" },
  rust = { "rustdoc" },
}

--- The styles that a buffer's language has.
---@param buf? integer
---@return string[]
function M.styles(buf)
  return STYLES[vim.bo[buf or 0].filetype] or STYLES.python
end

--- Runs one of the commands that change the buffer.
---@param command string
---@param choice? docstring-ls.Choice
---@param at_cursor boolean
local function change(command, choice, at_cursor)
  choice = choice or {}
  local server = client.get()
  if not server then
    return
  end
  local place = vim.lsp.util.make_position_params(0, server.offset_encoding)
  client.execute(server, command, {
    uri = place.textDocument.uri,
    position = at_cursor and place.position or nil,
    style = choice.style,
    provider = choice.provider,
    scope = choice.scope,
    cache = choice.refresh and "refresh" or nil,
    replace = choice.replace,
  })
end

--- Generates the docstring of the symbol at the cursor, as a job of the server.
---@param choice? docstring-ls.Choice
function M.generate(choice)
  change("generate", choice, true)
end

--- Generates the docstring at the cursor; the words that only a person knows become
--- tab stops (see |vim.snippet|).
---@param choice? docstring-ls.Choice
function M.fill(choice)
  preview.ask(choice or {}, function(asked, answer)
    edits.apply(asked, answer, true)
  end)
end

--- Shows the docstring that would be inserted.
---@param choice? docstring-ls.Choice
function M.preview(choice)
  preview.open(choice)
end

--- Makes the docstring at the cursor agree with the code again.
---@param choice? docstring-ls.Choice
function M.update(choice)
  change("update", choice, not (choice and choice.whole_file))
end

--- Converts the docstring at the cursor, or the file's, into `choice.style`.
---@param choice docstring-ls.Choice
function M.convert(choice)
  if not (choice and choice.style) then
    client.notify("convert: which style? " .. table.concat(M.styles(), ", "), vim.log.levels.ERROR)
    return
  end
  change("convert", choice, not choice.whole_file)
end

--- Generates every missing docstring of the buffer.
---@param choice? docstring-ls.Choice
function M.all(choice)
  change("generateAll", choice, false)
end

--- Cancels every job and every preview that waits.
function M.cancel()
  if jobs.cancel() == 0 then
    client.notify("nothing is running")
  end
end

--- Shows the server's report as Markdown.
function M.metrics()
  local server = client.get()
  if server then
    client.execute(server, "metrics", nil, function(report)
      if type(report) == "string" then
        float.open(vim.split(report, "\n"), { title = "docstring-ls metrics", filetype = "markdown", center = true })
      end
    end)
  end
end

--- Forgets what was counted.
function M.reset_metrics()
  local server = client.get()
  if server then
    client.execute(server, "resetMetrics")
  end
end

--- Forgets kept answers of this buffer's workspace.
function M.clear_cache()
  local server = client.get()
  if server then
    client.execute(server, "clearCache", { uri = vim.uri_from_bufnr(0) })
  end
end

---@param stats table
---@return string[]
local function table_of(stats)
  local rows = { { "provider", "state", "attempts", "success", "median", "cost" } }
  for _, id in ipairs(vim.fn.sort(vim.tbl_keys(stats.providers or {}))) do
    local provider = stats.providers[id]
    local attempts = provider.totalAttempts
    rows[#rows + 1] = {
      id,
      provider.state,
      ("%d"):format(attempts),
      attempts > 0 and ("%.0f %%"):format(100 * provider.successRate) or "-",
      provider.successes > 0 and ("%.0f ms"):format(provider.latencyMs.p50) or "-",
      ("$%.4f"):format(provider.costUsd),
    }
  end
  local widths = {}
  for _, row in ipairs(rows) do
    for column, cell in ipairs(row) do
      widths[column] = math.max(widths[column] or 0, vim.fn.strdisplaywidth(cell))
    end
  end
  local lines = vim.tbl_map(function(row)
    local cells = {}
    for column, cell in ipairs(row) do
      cells[column] = cell .. (" "):rep(widths[column] - vim.fn.strdisplaywidth(cell))
    end
    return vim.trim(table.concat(cells, "  "))
  end, rows)
  local cache = stats.cache or {}
  lines[#lines + 1] = ""
  lines[#lines + 1] = ("cache: %d hits, %d misses, %d entries"):format(cache.hits or 0, cache.misses or 0, cache.entries or 0)
  return lines
end

--- Shows what the providers did, in a few lines.
function M.stats()
  local server = client.get()
  if server then
    client.request(server, "docstring-ls/providerStats", vim.empty_dict(), function(stats)
      if stats then
        float.open(table_of(stats), { title = "docstring-ls", filetype = "docstring-stats" })
      end
    end)
  end
end

--- The providers that are configured; waits for the server, a moment at most.
---@return string[]
function M.providers()
  local server = vim.lsp.get_clients({ name = client.name, bufnr = 0 })[1]
  local answer = server and server:request_sync("docstring-ls/providerStats", vim.empty_dict(), 500, 0)
  local ids = answer and answer.result and vim.tbl_keys(answer.result.providers or {}) or {}
  table.sort(ids)
  return ids
end

--- Chooses the provider of this session; without one, tells which there are.
---@param id? string
function M.provider(id)
  local server = client.get()
  if not server then
    return
  end
  if not id then
    local chosen = vim.tbl_get(server.settings or {}, client.name, "provider")
    client.notify("providers: " .. table.concat(M.providers(), ", ") .. (chosen and "; chosen here: " .. chosen or ""))
    return
  end
  local settings = vim.tbl_deep_extend("force", server.settings or {}, { [client.name] = { provider = id } })
  server.settings = settings
  server:notify("workspace/didChangeConfiguration", { settings = settings })
end

--- Shows what would be sent about the symbol at the cursor, to whom and at what price.
---@param choice? docstring-ls.Choice
function M.dry_run(choice)
  choice = choice or {}
  local server = client.get()
  if not server then
    return
  end
  local place = vim.lsp.util.make_position_params(0, server.offset_encoding)
  local argument = {
    uri = place.textDocument.uri,
    position = place.position,
    style = choice.style,
    provider = choice.provider,
  }
  client.execute(server, "dryRun", argument, function(questions)
    local lines = {}
    for _, question in ipairs(questions or {}) do
      local price = type(question.maxCostUsd) == "number" and ("at most $%.6f"):format(question.maxCostUsd)
        or "of no known price"
      lines[#lines + 1] = ("# To %s (%s)"):format(question.provider, question.model)
      lines[#lines + 1] = ""
      lines[#lines + 1] = ("About %d tokens, answer up to %d, %s."):format(
        question.inputTokens,
        question.maxOutputTokens,
        price
      )
      for _, part in ipairs({ "system", "context", "user" }) do
        if type(question[part]) == "string" and question[part] ~= "" then
          vim.list_extend(lines, { "", "## " .. part, "" })
          vim.list_extend(lines, vim.split(question[part], "\n"))
        end
      end
      lines[#lines + 1] = ""
    end
    if #lines == 0 then
      client.notify("nothing would be sent")
      return
    end
    float.open(lines, { title = "docstring-ls dry run", filetype = "markdown", center = true })
  end)
end

--- Opens the log of Neovim's language clients, where the server's stderr is.
function M.log()
  local path = vim.lsp.log.get_filename and vim.lsp.log.get_filename() or vim.lsp.get_log_path()
  vim.cmd.tabedit(vim.fn.fnameescape(path))
  vim.cmd("silent! normal! G")
end

--- Stops the server and starts it again in the same buffers.
function M.restart()
  local stopped = {}
  for _, server in ipairs(vim.lsp.get_clients({ name = client.name })) do
    stopped[#stopped + 1] = { server = server, bufs = vim.tbl_keys(server.attached_buffers) }
    server:stop()
  end
  if #stopped == 0 then
    -- It may have ended by itself.
    vim.lsp.enable(client.name)
    return
  end
  local timer = assert(vim.uv.new_timer())
  local ticks = 0
  timer:start(20, 20, vim.schedule_wrap(function()
    ticks = ticks + 1
    for _, item in ipairs(stopped) do
      if vim.lsp.get_client_by_id(item.server.id) then
        if ticks == 150 then
          item.server:stop(true)
        end
        return
      end
    end
    if timer:is_closing() then
      return
    end
    timer:close()
    for _, item in ipairs(stopped) do
      for _, buf in ipairs(item.bufs) do
        if vim.api.nvim_buf_is_loaded(buf) then
          vim.lsp.start(item.server.config, { bufnr = buf })
        end
      end
    end
  end))
end

--- What is running, for 'statusline': "" when nothing is.
---@return string
function M.statusline()
  return jobs.status()
end

return M
