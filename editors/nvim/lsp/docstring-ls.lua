-- Configuration for Neovim 0.11 and newer. Put this folder (`editors/nvim`) on
-- 'runtimepath', or copy this file to `lsp/` in your configuration, then:
--   vim.lsp.enable("docstring-ls")
-- `gra` on a function offers "Generate docstring", `K` previews it.
return {
  cmd = { "docstring-ls", "serve" },
  filetypes = { "python", "rust" },
  root_markers = { "docstring-ls.toml", ".docstring-ls.toml", "pyproject.toml", "Cargo.toml", ".git" },
}
