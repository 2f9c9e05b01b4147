--- Puts a docstring into a buffer, with tab stops where they can be had.
local client = require("docstring-ls.client")

local M = {}

--- Puts the body of a snippet on lines of its own, where Neovim indents nothing: it
--- would indent by what stands on the line, and the server has indented already.
---@param buf integer
---@param edit lsp.TextEdit
---@param snippet string
---@return boolean done
local function expand(buf, edit, snippet)
  local start, finish = edit.range.start, edit.range["end"]
  local is_insertion = start.line == finish.line and start.character == finish.character
  local body, stripped = snippet:gsub("\n%$0$", "$0")
  if not is_insertion or start.character ~= 0 or stripped == 0 then
    return false
  end
  -- Neovim turns tabs into spaces where 'expandtab' is set.
  if vim.api.nvim_get_current_buf() ~= buf or (vim.bo[buf].expandtab and body:find("\t")) then
    return false
  end
  vim.api.nvim_buf_set_lines(buf, start.line, start.line, true, { "" })
  vim.api.nvim_win_set_cursor(0, { start.line + 1, 0 })
  vim.snippet.expand(body)
  return true
end

--- Applies a preview, unless the text is not the one that it was made for.
---@param asked docstring-ls.Asked
---@param preview docstring-ls.Preview
---@param fill boolean With tab stops
---@return boolean applied
function M.apply(asked, preview, fill)
  local buf = asked.buf
  if not vim.api.nvim_buf_is_loaded(buf) or vim.api.nvim_buf_get_changedtick(buf) ~= asked.changedtick then
    client.notify("the code changed since the preview; nothing was inserted", vim.log.levels.WARN)
    return false
  end
  if not vim.bo[buf].modifiable then
    client.notify("the buffer cannot be modified", vim.log.levels.WARN)
    return false
  end
  local edit = preview.edits[1]
  if fill and #preview.edits == 1 and type(preview.snippet) == "string" and expand(buf, edit, preview.snippet) then
    return true
  end
  vim.lsp.util.apply_text_edits(preview.edits, buf, asked.client.offset_encoding)
  if fill then
    client.notify("inserted; there is nothing to fill in")
  end
  return true
end

return M
