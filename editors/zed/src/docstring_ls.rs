//! Tells Zed how the server is started: the program of the settings, else the one on
//! the `PATH`. Nothing is downloaded.

use zed_extension_api::{
    register_extension,
    serde_json::{json, Value},
    settings::LspSettings,
    Command, Extension, LanguageServerId, Result, Worktree,
};

struct DocstringLs;

impl Extension for DocstringLs {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let settings = LspSettings::for_worktree(id.as_ref(), worktree)?;
        let (path, arguments) = match settings.binary {
            Some(binary) => (binary.path, binary.arguments),
            None => (None, None),
        };
        let command = path.or_else(|| worktree.which("docstring-ls")).ok_or(
            "docstring-ls is not on the PATH; install it, or set `lsp.docstring-ls.binary.path`",
        )?;
        let args = arguments.unwrap_or_else(|| vec!["serve".to_owned()]);
        Ok(Command { command, args, env: worktree.shell_env() })
    }

    fn language_server_initialization_options(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        Ok(LspSettings::for_worktree(id.as_ref(), worktree)?.initialization_options)
    }

    fn language_server_workspace_configuration(
        &mut self,
        id: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        // The server asks for its section by name.
        let settings = LspSettings::for_worktree(id.as_ref(), worktree)?.settings;
        Ok(settings.map(|settings| json!({ "docstring-ls": settings })))
    }
}

register_extension!(DocstringLs);
