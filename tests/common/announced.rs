//! What a server may use of a client: only what that announced.

use std::collections::HashSet;

use serde_json::Value;

/// What `message` uses that `capabilities` do not announce. `answers` is the method of the
/// request that it answers; `tokens` are those under which progress may be told.
pub fn unannounced(
    capabilities: &Value,
    message: &Value,
    answers: Option<&str>,
    tokens: &HashSet<String>,
) -> Vec<String> {
    let mut faults = Faults { capabilities, found: Vec::new() };
    match (message["method"].as_str(), answers) {
        (Some(method), _) => faults.call(method, &message["params"], tokens),
        (None, Some("textDocument/codeAction")) => {
            for action in message["result"].as_array().into_iter().flatten() {
                faults.action(action);
            }
        }
        (None, Some("textDocument/hover")) => {
            let kind = message.pointer("/result/contents/kind").and_then(Value::as_str);
            if kind == Some("markdown") {
                faults.lists("/textDocument/hover/contentFormat", &Value::from("markdown"));
            }
        }
        (None, Some("textDocument/completion")) => faults.completion(&message["result"]),
        (None, Some("initialize")) => {
            let encoding = &message["result"]["capabilities"]["positionEncoding"];
            if !encoding.is_null() && encoding != "utf-16" {
                faults.lists("/general/positionEncodings", encoding);
            }
        }
        _ => {}
    }
    faults.found
}

struct Faults<'a> {
    capabilities: &'a Value,
    found: Vec<String>,
}

impl Faults<'_> {
    fn needs(&mut self, pointer: &str) {
        match self.capabilities.pointer(pointer) {
            Some(Value::Bool(true) | Value::Object(_)) => {}
            _ => self.found.push(format!("{pointer} is not announced")),
        }
    }

    fn lists(&mut self, pointer: &str, value: &Value) {
        let list = self.capabilities.pointer(pointer).and_then(Value::as_array);
        if !list.is_some_and(|list| list.contains(value)) {
            self.found.push(format!("{pointer} does not list {value}"));
        }
    }

    fn call(&mut self, method: &str, params: &Value, tokens: &HashSet<String>) {
        match method {
            "workspace/applyEdit" => {
                self.needs("/workspace/applyEdit");
                if params.get("metadata").is_some() {
                    self.needs("/workspace/workspaceEdit/metadataSupport");
                }
                self.edit(&params["edit"]);
            }
            "workspace/configuration" => self.needs("/workspace/configuration"),
            "workspace/workspaceFolders" => self.needs("/workspace/workspaceFolders"),
            "window/showDocument" => self.needs("/window/showDocument/support"),
            "window/workDoneProgress/create" => self.needs("/window/workDoneProgress"),
            "workspace/diagnostic/refresh" => self.needs("/workspace/diagnostics/refreshSupport"),
            "workspace/codeLens/refresh" => self.needs("/workspace/codeLens/refreshSupport"),
            "workspace/inlayHint/refresh" => self.needs("/workspace/inlayHint/refreshSupport"),
            "docstring-ls/statsChanged" => self.needs("/experimental/docstringLs/statsChanged"),
            "$/progress" if !tokens.contains(&params["token"].to_string()) => {
                self.found.push(format!("nobody made the token {}", params["token"]));
            }
            "client/registerCapability" => {
                for registration in params["registrations"].as_array().into_iter().flatten() {
                    let method = registration["method"].as_str().unwrap_or_default();
                    self.needs(&format!("/{method}/dynamicRegistration"));
                }
            }
            _ => {}
        }
    }

    fn action(&mut self, action: &Value) {
        let command = if action["command"].is_string() { action } else { &action["command"] };
        if let Some(name) = command["command"].as_str() {
            let edits = ["generate", "update", "convert"];
            if edits.iter().any(|verb| name.starts_with(&format!("docstring-ls.{verb}"))) {
                self.needs("/workspace/applyEdit");
            }
        }
        if action["command"].is_string() {
            return;
        }
        let about = "/textDocument/codeAction";
        self.needs(&format!("{about}/codeActionLiteralSupport"));
        self.edit(&action["edit"]);
        for (key, support) in [
            ("data", "dataSupport"),
            ("disabled", "disabledSupport"),
            ("isPreferred", "isPreferredSupport"),
        ] {
            if action.get(key).is_some() {
                self.needs(&format!("{about}/{support}"));
            }
        }
        for tag in action["tags"].as_array().into_iter().flatten() {
            self.lists(&format!("{about}/tagSupport/valueSet"), tag);
        }
        if ["edit", "command", "disabled"].iter().all(|key| action.get(key).is_none()) {
            self.lists(&format!("{about}/resolveSupport/properties"), &Value::from("edit"));
        }
    }

    fn completion(&mut self, result: &Value) {
        let items = result.get("items").unwrap_or(result);
        for item in items.as_array().into_iter().flatten() {
            if item["insertTextFormat"] == 2 {
                self.needs("/textDocument/completion/completionItem/snippetSupport");
            }
        }
    }

    fn edit(&mut self, edit: &Value) {
        let about = "/workspace/workspaceEdit";
        if edit.get("documentChanges").is_some() {
            self.needs(&format!("{about}/documentChanges"));
        }
        if edit.to_string().contains("\"annotationId\"") || edit.get("changeAnnotations").is_some()
        {
            self.needs(&format!("{about}/changeAnnotationSupport"));
        }
        for change in edit["documentChanges"].as_array().into_iter().flatten() {
            for edit in change["edits"].as_array().into_iter().flatten() {
                if edit.get("snippet").is_some() {
                    self.needs(&format!("{about}/snippetEditSupport"));
                }
            }
        }
    }
}
