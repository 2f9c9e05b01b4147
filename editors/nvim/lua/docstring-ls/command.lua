--- `:Docstring`: its subcommands, their arguments and their completion.
local client = require("docstring-ls.client")

local M = {}

---@class docstring-ls.Subcommand
---@field run fun(words: string[], bang: boolean)
---@field complete? fun(): string[]

local ACTIONS = { "update", "convert" }

--- Reads styles and providers in any order; what is no style is a provider.
---@param words string[]
---@param actions? boolean The first word may be an action
---@return docstring-ls.Choice
local function choice(words, actions)
  local found = {} ---@type docstring-ls.Choice
  local styles = require("docstring-ls").styles()
  for index, word in ipairs(words) do
    if index == 1 and actions and vim.list_contains(ACTIONS, word) then
      found.action = word
    elseif vim.list_contains(styles, word) then
      found.style = word
    else
      found.provider = word
    end
  end
  return found
end

local function styles_and_providers()
  local plugin = require("docstring-ls")
  return vim.list_extend(vim.deepcopy(plugin.styles()), plugin.providers())
end

local function styles()
  return require("docstring-ls").styles()
end

---@param name string A function of the plugin that takes a choice
---@param banged? fun(choice: docstring-ls.Choice) What `!` means
---@param complete? fun(): string[]
---@return docstring-ls.Subcommand
local function choosing(name, banged, complete)
  return {
    complete = complete or styles_and_providers,
    run = function(words, bang)
      local found = choice(words, name == "preview")
      if bang and banged then
        banged(found)
      end
      require("docstring-ls")[name](found)
    end,
  }
end

---@param name string A function of the plugin that takes nothing
---@return docstring-ls.Subcommand
local function plain(name)
  return {
    run = function()
      require("docstring-ls")[name]()
    end,
  }
end

local function refresh(found)
  found.refresh = true
end

local function whole_file(found)
  found.whole_file = true
end

---@type table<string, docstring-ls.Subcommand>
M.subcommands = {
  generate = choosing("generate", function(found)
    found.refresh, found.replace = true, true
  end),
  fill = choosing("fill", refresh),
  preview = choosing("preview", refresh, function()
    return vim.list_extend(vim.deepcopy(ACTIONS), styles_and_providers())
  end),
  update = choosing("update", whole_file),
  convert = choosing("convert", whole_file, styles),
  all = choosing("all", function(found)
    found.scope = "all"
  end),
  ["dry-run"] = choosing("dry_run"),
  provider = {
    complete = function()
      return vim.list_extend(require("docstring-ls").providers(), { "auto" })
    end,
    run = function(words)
      require("docstring-ls").provider(words[1])
    end,
  },
  metrics = plain("metrics"),
  ["reset-metrics"] = plain("reset_metrics"),
  ["clear-cache"] = plain("clear_cache"),
  stats = plain("stats"),
  cancel = plain("cancel"),
  log = plain("log"),
  restart = plain("restart"),
}

--- Runs `:Docstring WORDS`; without words it generates.
---@param words string[]
---@param bang boolean
function M.run(words, bang)
  local name = words[1] or "generate"
  local subcommand = M.subcommands[name]
  if not subcommand then
    local names = vim.fn.sort(vim.tbl_keys(M.subcommands))
    client.notify(("no subcommand `%s`; there are %s"):format(name, table.concat(names, ", ")), vim.log.levels.ERROR)
    return
  end
  subcommand.run(vim.list_slice(words, 2), bang)
end

--- Completes the last word of a command line.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local name = line:match("^.-Docstring!?%s+(%S+)%s")
  local candidates = vim.fn.sort(vim.tbl_keys(M.subcommands))
  if name then
    local subcommand = M.subcommands[name]
    candidates = subcommand and subcommand.complete and subcommand.complete() or {}
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

return M
