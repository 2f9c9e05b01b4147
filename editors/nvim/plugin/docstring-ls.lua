-- Defines `:Docstring`, the <Plug> maps and the bookkeeping of progress. Everything
-- else is loaded when it is used. No key is mapped.
if vim.g.loaded_docstring_ls then
  return
end
vim.g.loaded_docstring_ls = true

if vim.fn.has("nvim-0.11") == 0 then
  vim.notify("docstring-ls: Neovim 0.11 or newer is needed", vim.log.levels.ERROR)
  return
end

vim.api.nvim_create_user_command("Docstring", function(command)
  require("docstring-ls.command").run(command.fargs, command.bang)
end, {
  nargs = "*",
  bang = true,
  desc = "Generate, update or convert docstrings",
  complete = function(lead, line)
    return require("docstring-ls.command").complete(lead, line)
  end,
})

local maps = {
  generate = "Generate a docstring for the symbol at the cursor",
  fill = "Generate a docstring and fill in its words",
  preview = "Preview the docstring of the symbol at the cursor",
  update = "Update the docstring at the cursor",
  all = "Generate all docstrings in this file",
  cancel = "Cancel what docstring-ls is doing",
}
for name, description in pairs(maps) do
  vim.keymap.set("n", ("<Plug>(docstring-%s)"):format(name), function()
    require("docstring-ls")[name]()
  end, { desc = description })
end

vim.api.nvim_create_autocmd("LspProgress", {
  group = vim.api.nvim_create_augroup("docstring-ls", {}),
  desc = "docstring-ls: remember what is running",
  callback = function(event)
    require("docstring-ls.jobs").on_progress(event.data)
  end,
})
