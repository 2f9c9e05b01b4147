-- Configuration for Neovim 0.11 and newer. Put this folder (`editors/nvim`) on
-- 'runtimepath', or copy this one file to `lsp/` in your configuration, then:
--   vim.lsp.enable("docstring-ls")
-- `gra` on a function offers "Generate docstring", `K` previews it.

--- Refuses an edit that was made for an older text, and says so: Neovim itself would
--- skip it and answer that it was applied. The server then finds the symbol again.
---@type lsp.Handler
local function apply_edit(err, params, ctx)
  for _, change in ipairs(params.edit.documentChanges or {}) do
    local document = change.textDocument
    local version = document and document.version
    local buf = document and vim.uri_to_bufnr(document.uri)
    if type(version) == "number" and vim.lsp.util.buf_versions[buf] ~= version then
      -- A request carries along the changes that Neovim holds back to send them together;
      -- without them the server would find the symbol in the old text again.
      local client = vim.lsp.get_client_by_id(ctx.client_id)
      if client then
        client:request("docstring-ls/providerStats", vim.empty_dict(), function() end, buf)
      end
      return { applied = false, failureReason = "the buffer has changed" }
    end
  end
  return vim.lsp.handlers["workspace/applyEdit"](err, params, ctx)
end

---@type vim.lsp.Config
return {
  cmd = { "docstring-ls", "serve" },
  filetypes = { "python", "rust" },
  root_markers = { "docstring-ls.toml", ".docstring-ls.toml", "pyproject.toml", "Cargo.toml", ".git" },
  capabilities = {
    -- Neovim applies versioned edits, but does not announce it.
    workspace = { workspaceEdit = { documentChanges = true } },
    experimental = { docstringLs = { statsChanged = true } },
  },
  handlers = {
    ["workspace/applyEdit"] = apply_edit,
    ["docstring-ls/statsChanged"] = function()
      vim.api.nvim_exec_autocmds("User", { pattern = "DocstringStatsChanged", modeline = false })
    end,
  },
}
