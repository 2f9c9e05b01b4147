//! What the client announced, as far as it matters here.
//!
//! Read from the JSON itself: a client that is newer than the types must not be
//! refused, and some of what is asked here is younger than they are. What is not
//! announced is not used; the client's name is never looked at.

use serde_json::Value;

use super::position::Encoding;

/// What the client can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent announcements, each read by name")]
pub(crate) struct Features {
    /// What positions count.
    pub(crate) encoding: Encoding,
    /// Answers `workspace/applyEdit`.
    pub(crate) apply_edit: bool,
    /// Takes edits that name a version.
    pub(crate) document_changes: bool,
    /// Takes edits with tab stops (3.18).
    pub(crate) snippet_edits: bool,
    /// Asks the user to confirm edits that say so.
    pub(crate) change_annotations: bool,
    /// Takes code actions, not only commands.
    pub(crate) action_literals: bool,
    /// Shows which actions a model answers (3.18).
    pub(crate) action_tags: bool,
    /// Shows progress that we start.
    pub(crate) progress: bool,
    /// Answers `workspace/configuration`.
    pub(crate) configuration: bool,
    /// Lets us ask for `workspace/didChangeConfiguration`.
    pub(crate) registers_configuration: bool,
    /// Lets us ask for `workspace/didChangeWatchedFiles`.
    pub(crate) registers_watched_files: bool,
    /// Can watch a folder outside the workspace.
    pub(crate) relative_patterns: bool,
    /// Renders Markdown in hovers.
    pub(crate) hover_markdown: bool,
    /// Asks for diagnostics itself.
    pub(crate) pulls_diagnostics: bool,
    /// Asks for diagnostics again when it is told to.
    pub(crate) refreshes_diagnostics: bool,
    /// Takes diagnostics that name a version.
    pub(crate) diagnostic_versions: bool,
    /// Takes the address of a diagnostic's description.
    pub(crate) diagnostic_links: bool,
    /// Sends back what was put into a diagnostic.
    pub(crate) diagnostic_data: bool,
    /// Asks for code lenses again when it is told to.
    pub(crate) refreshes_lenses: bool,
    /// Takes completions with tab stops.
    pub(crate) completion_snippets: bool,
    /// Keeps to what a completion says about the indentation of its lines.
    pub(crate) completion_insert_modes: bool,
    /// Selects a completion that asks for it.
    pub(crate) completion_preselect: bool,
    /// Renders Markdown beside a completion.
    pub(crate) completion_markdown: bool,
    /// Wants to hear that the counts changed.
    pub(crate) stats_changed: bool,
    /// Keeps keys, and answers `docstring-ls/apiKey`.
    pub(crate) api_key: bool,
}

impl Features {
    /// Reads `capabilities` of `initialize`.
    pub(crate) fn read(capabilities: &Value) -> Self {
        let at = |pointer: &str| capabilities.pointer(pointer);
        let yes = |pointer: &str| at(pointer).and_then(Value::as_bool) == Some(true);
        let names = |pointer: &str| {
            let list = at(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Value::as_str)
        };
        let has = |pointer: &str| at(pointer).is_some_and(Value::is_object);
        let both_modes = |modes: &Vec<Value>| [1, 2].iter().all(|n| modes.contains(&(*n).into()));
        // Until 3.18 the options of one way to get diagnostics held for the other.
        let of_diagnostics = |name: &str| {
            ["publishDiagnostics", "diagnostic"]
                .iter()
                .any(|way| yes(&format!("/textDocument/{way}/{name}")))
        };
        let item = "/textDocument/completion/completionItem";
        Self {
            encoding: Encoding::negotiate(names("/general/positionEncodings")),
            apply_edit: yes("/workspace/applyEdit"),
            document_changes: yes("/workspace/workspaceEdit/documentChanges"),
            snippet_edits: yes("/workspace/workspaceEdit/snippetEditSupport"),
            change_annotations: has("/workspace/workspaceEdit/changeAnnotationSupport"),
            action_literals: has("/textDocument/codeAction/codeActionLiteralSupport"),
            action_tags: at("/textDocument/codeAction/tagSupport/valueSet")
                .and_then(Value::as_array)
                .is_some_and(|tags| tags.contains(&Value::from(1))),
            progress: yes("/window/workDoneProgress"),
            configuration: yes("/workspace/configuration"),
            registers_configuration: yes("/workspace/didChangeConfiguration/dynamicRegistration"),
            registers_watched_files: yes("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            relative_patterns: yes("/workspace/didChangeWatchedFiles/relativePatternSupport"),
            hover_markdown: names("/textDocument/hover/contentFormat")
                .any(|name| name == "markdown"),
            pulls_diagnostics: has("/textDocument/diagnostic"),
            refreshes_diagnostics: yes("/workspace/diagnostics/refreshSupport")
                // As some clients write it.
                || yes("/workspace/diagnostic/refreshSupport"),
            diagnostic_versions: yes("/textDocument/publishDiagnostics/versionSupport"),
            diagnostic_links: of_diagnostics("codeDescriptionSupport"),
            diagnostic_data: of_diagnostics("dataSupport"),
            refreshes_lenses: yes("/workspace/codeLens/refreshSupport"),
            completion_snippets: yes(&format!("{item}/snippetSupport")),
            completion_insert_modes: at(&format!("{item}/insertTextModeSupport/valueSet"))
                .and_then(Value::as_array)
                .is_some_and(both_modes),
            completion_preselect: yes(&format!("{item}/preselectSupport")),
            completion_markdown: names(&format!("{item}/documentationFormat"))
                .any(|name| name == "markdown"),
            stats_changed: yes("/experimental/docstringLs/statsChanged"),
            api_key: yes("/experimental/docstringLs/apiKey"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Features;
    use crate::server::position::Encoding;

    #[test]
    fn nothing_announced_is_nothing_used() {
        for odd in [json!({}), json!(null), json!({"workspace": 5, "general": []})] {
            assert_eq!(Features::read(&odd), Features::default());
        }
    }

    #[test]
    fn reads_what_is_announced() {
        let features = Features::read(&json!({
            "general": {"positionEncodings": ["utf-32", "utf-8"]},
            "workspace": {"applyEdit": true, "workspaceEdit": {"snippetEditSupport": true}},
            "textDocument": {
                "codeAction": {"codeActionLiteralSupport": {}, "tagSupport": {"valueSet": [1]}},
                "diagnostic": {"dataSupport": true},
                "completion": {"completionItem": {
                    "snippetSupport": true,
                    "insertTextModeSupport": {"valueSet": [1]},
                    "documentationFormat": ["markdown"],
                }},
            },
        }));
        assert!(features.pulls_diagnostics && features.diagnostic_data);
        assert!(!features.diagnostic_versions && !features.refreshes_diagnostics);
        assert!(features.completion_snippets && features.completion_markdown);
        assert!(!features.completion_insert_modes, "one mode is no choice");
        assert_eq!(features.encoding, Encoding::Utf8);
        assert!(features.apply_edit && features.snippet_edits && !features.document_changes);
        assert!(features.action_literals && features.action_tags && !features.hover_markdown);
    }
}
