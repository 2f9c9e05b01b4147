---@meta

---@class docstring-ls.Choice What a command may choose; nothing chosen is what the configuration says.
---@field style? string A style, such as "numpy"
---@field provider? string A configured provider, "offline" or "auto"
---@field refresh? boolean Ask the provider again for what is in the cache
---@field replace? boolean A docstring that is there gives way
---@field action? "generate"|"update"|"convert" What a preview is of; "generate" if not given
---@field scope? "public"|"all" Which symbols of a file
---@field whole_file? boolean Every symbol of the file instead of the one at the cursor

---@class docstring-ls.Preview The answer of `docstring-ls/preview`.
---@field symbol string Dotted path, "" for the module
---@field kind string
---@field style string
---@field provider? string
---@field fromCache? boolean
---@field docstring string Without quotes, comment markers and indentation
---@field version integer Version of the document that `edits` are for
---@field edits lsp.TextEdit[]
---@field snippet? string `edits[1].newText` with tab stops
---@field warnings string[]
---@field from? string The style that was converted
---@field drift? { message?: string }[] What an update mends

---@class docstring-ls.Asked What a preview was asked for, and when.
---@field client vim.lsp.Client
---@field buf integer
---@field changedtick integer
---@field params table

---@class docstring-ls.Job
---@field id integer
---@field client_id integer
---@field title? string
---@field message? string
---@field percentage? integer
