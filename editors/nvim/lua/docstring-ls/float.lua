--- A window that floats at the cursor and goes away when it is left.
local M = {}

---@class docstring-ls.Float.Opts
---@field title? string
---@field footer? string
---@field filetype? string
---@field keys? table<string, fun()> Normal mode keys; the window is closed first
---@field center? boolean In the middle of the editor instead of at the cursor

---@param lines string[]
---@param opts docstring-ls.Float.Opts
---@return integer buf, integer win
function M.open(lines, opts)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, lines)
  vim.bo[buf].modifiable = false
  vim.bo[buf].bufhidden = "wipe"

  local width = 1
  for _, line in ipairs(lines) do
    width = math.max(width, vim.fn.strdisplaywidth(line))
  end
  for _, label in ipairs({ opts.title or "", opts.footer or "" }) do
    width = math.max(width, vim.fn.strdisplaywidth(label) + 2)
  end
  width = math.max(1, math.min(width, vim.o.columns - 4))
  local room = vim.o.lines - vim.o.cmdheight - 4
  local height = 0
  for _, line in ipairs(lines) do
    height = height + math.max(1, math.ceil(vim.fn.strdisplaywidth(line) / width))
  end
  height = math.max(1, math.min(height, opts.center and room or math.floor(room / 2)))

  ---@type vim.api.keyset.win_config
  local config = { width = width, height = height, style = "minimal", border = "rounded" }
  if opts.center then
    config.relative = "editor"
    config.row = math.max(0, math.floor((room - height) / 2))
    config.col = math.max(0, math.floor((vim.o.columns - width) / 2) - 1)
  else
    local below = vim.fn.winheight(0) - vim.fn.winline()
    local above = below < height + 2 and vim.fn.winline() > below
    config.relative = "cursor"
    config.anchor = above and "SW" or "NW"
    config.row = above and 0 or 1
    config.col = 0
  end
  if opts.title then
    config.title, config.title_pos = (" %s "):format(opts.title), "left"
  end
  if opts.footer then
    config.footer, config.footer_pos = (" %s "):format(opts.footer), "left"
  end
  local win = vim.api.nvim_open_win(buf, true, config)
  vim.wo[win].wrap = true
  vim.wo[win].linebreak = true
  if opts.filetype then
    vim.bo[buf].filetype = opts.filetype
  end

  local function close()
    if vim.api.nvim_win_is_valid(win) then
      vim.api.nvim_win_close(win, true)
    end
  end
  local keys = vim.tbl_extend("keep", opts.keys or {}, { q = function() end, ["<Esc>"] = function() end })
  for key, action in pairs(keys) do
    vim.keymap.set("n", key, function()
      close()
      action()
    end, { buffer = buf, nowait = true, silent = true })
  end
  vim.api.nvim_create_autocmd("WinLeave", { buffer = buf, once = true, callback = vim.schedule_wrap(close) })
  return buf, win
end

return M
