//! Edits in the client's terms: positions, versions where they are understood, and
//! tab stops where they are.
//!
//! An edit is not confirmed unless the user wants that: it was asked for, it is proven,
//! and it is one step to undo. `metadata` is not sent with it: all that can be said there
//! is that an edit is a refactoring, which makes editors save the file.

use serde_json::{Value, json};

use super::document::Snapshot;
use super::features::Features;
use crate::docstring::Edit;
use crate::generate::Generated;

/// What every change annotation is called.
const ID: &str = "docstring";

/// A `WorkspaceEdit` for one document.
pub(crate) fn workspace_edit(snapshot: &Snapshot, features: Features, edits: &[Edit]) -> Value {
    let edits: Vec<Value> = edits.iter().map(|edit| text_edit(snapshot, edit)).collect();
    if features.document_changes {
        versioned(snapshot, &edits)
    } else {
        json!({"changes": {snapshot.uri.as_str(): edits}})
    }
}

/// The same, to be confirmed by the user under the title `label` where the client can ask.
pub(crate) fn confirmed_edit(
    snapshot: &Snapshot,
    features: Features,
    edits: &[Edit],
    label: &str,
) -> Value {
    if !features.change_annotations || !features.document_changes {
        return workspace_edit(snapshot, features, edits);
    }
    let edits: Vec<Value> = edits
        .iter()
        .map(|edit| {
            let mut edit = text_edit(snapshot, edit);
            if let Value::Object(edit) = &mut edit {
                edit.insert("annotationId".into(), ID.into());
            }
            edit
        })
        .collect();
    let mut edit = versioned(snapshot, &edits);
    if let Value::Object(edit) = &mut edit {
        let annotation = json!({ID: {"label": label, "needsConfirmation": true}});
        edit.insert("changeAnnotations".into(), annotation);
    }
    edit
}

/// A `TextEdit`.
pub(crate) fn text_edit(snapshot: &Snapshot, edit: &Edit) -> Value {
    let range = snapshot.lines.to_range(snapshot.text(), &edit.range, snapshot.encoding);
    json!({"range": range, "newText": edit.text})
}

/// The edit of one docstring with tab stops at the words that rest on a guess; `None`
/// when there are none, or when the client does not take them or would shift the lines.
pub(crate) fn snippet_edit(
    snapshot: &Snapshot,
    features: Features,
    generated: &Generated,
) -> Option<Value> {
    let Generated { edit, snippet, .. } = generated;
    let snippet =
        snippet.as_ref().filter(|_| features.snippet_edits && features.document_changes)?;
    if !keeps_indentation(snapshot.text(), edit.range.start, snippet) {
        return None;
    }
    let range = snapshot.lines.to_range(snapshot.text(), &edit.range, snapshot.encoding);
    let value = json!({"kind": "snippet", "value": snippet});
    Some(versioned(snapshot, &[json!({"range": range, "snippet": value})]))
}

fn versioned(snapshot: &Snapshot, edits: &[Value]) -> Value {
    let document = json!({"uri": snapshot.uri, "version": snapshot.version});
    json!({"documentChanges": [{"textDocument": document, "edits": edits}]})
}

/// Editors indent the lines of a snippet by what stands before it on its line, and
/// turn its tabs into spaces. Ours are indented already.
fn keeps_indentation(text: &str, offset: usize, snippet: &str) -> bool {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    !line.starts_with([' ', '\t']) && !snippet.contains('\t')
}

#[cfg(test)]
mod tests {
    use super::keeps_indentation;

    #[test]
    fn a_snippet_is_used_where_no_editor_shifts_it() {
        assert!(keeps_indentation("x\ndef f():\n", 10, "\n    a"));
        assert!(keeps_indentation("class A:\n    def f():\n", 9, "    a"));
        assert!(!keeps_indentation("class A:\n    def f():\n", 21, "\n        a"));
        assert!(!keeps_indentation("def f():\n", 8, "\n\ta"));
    }
}
