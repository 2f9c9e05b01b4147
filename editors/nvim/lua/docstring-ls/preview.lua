--- The docstring that would be inserted, in a window in which it can be accepted.
local client = require("docstring-ls.client")
local edits = require("docstring-ls.edits")
local float = require("docstring-ls.float")
local jobs = require("docstring-ls.jobs")

local M = {}

M.footer = "<CR> insert  <Tab> fill in  s style  r ask again  q close"

--- Asks for the docstring of the symbol at the cursor.
---@param choice docstring-ls.Choice
---@param done fun(asked: docstring-ls.Asked, preview: docstring-ls.Preview)
function M.ask(choice, done)
  local server = client.get()
  if not server then
    return
  end
  local buf = vim.api.nvim_get_current_buf()
  local params = vim.lsp.util.make_position_params(0, server.offset_encoding)
  ---@cast params table
  params.style, params.provider = choice.style, choice.provider
  params.cache = choice.refresh and "refresh" or nil
  params.action = choice.action
  ---@type docstring-ls.Asked
  local asked = {
    client = server,
    buf = buf,
    changedtick = vim.api.nvim_buf_get_changedtick(buf),
    params = params,
  }
  local id ---@type integer?
  local finished
  finished = jobs.wait(function()
    if id then
      -- Neovim drops the answer to a request that it cancelled.
      server:cancel_request(id)
    end
    finished()
  end)
  id = client.request(server, "docstring-ls/preview", params, function(result)
    finished()
    if result then
      done(asked, result)
    end
  end, buf)
  if not id then
    finished()
  end
end

---@param style string
---@param buf integer
---@return string? next The style after this one
local function next_style(style, buf)
  local styles = require("docstring-ls").styles(buf)
  for index, name in ipairs(styles) do
    if name == style then
      return styles[index % #styles + 1]
    end
  end
end

---@param asked docstring-ls.Asked
---@param preview docstring-ls.Preview
---@param choice docstring-ls.Choice
local function show(asked, preview, choice)
  -- Nobody wants a window to open over other work.
  if vim.api.nvim_get_current_buf() ~= asked.buf or vim.fn.mode() ~= "n" then
    client.notify("the docstring is ready; :Docstring preview shows it")
    return
  end
  local function again(changed)
    M.open(vim.tbl_extend("force", choice, { refresh = false }, changed))
  end
  local parts = { preview.from and (preview.from .. " to " .. preview.style) or preview.style }
  parts[#parts + 1] = preview.provider
  parts[#parts + 1] = preview.fromCache and "kept" or nil
  local name = preview.symbol == "" and "this module" or preview.symbol
  local buf = float.open(vim.split(preview.docstring, "\n"), {
    title = ("%s: %s"):format(name, table.concat(parts, ", ")),
    footer = M.footer,
    filetype = "docstring-preview",
    keys = {
      ["<CR>"] = function()
        edits.apply(asked, preview, false)
      end,
      ["<Tab>"] = function()
        edits.apply(asked, preview, true)
      end,
      s = function()
        local style = next_style(preview.style, asked.buf)
        if style then
          again({ style = style })
        end
      end,
      r = function()
        again({ refresh = true })
      end,
    },
  })
  local namespace = vim.api.nvim_create_namespace("docstring-ls.preview")
  for _, warning in ipairs(preview.warnings or {}) do
    vim.api.nvim_buf_set_extmark(buf, namespace, vim.api.nvim_buf_line_count(buf) - 1, 0, {
      virt_lines = { { { warning, "DiagnosticWarn" } } },
    })
  end
end

--- Asks, and shows the answer in a window.
---@param choice? docstring-ls.Choice
function M.open(choice)
  choice = choice or {}
  M.ask(choice, function(asked, preview)
    show(asked, preview, choice)
  end)
end

return M
