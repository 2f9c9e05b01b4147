//! Each action, made for a symbol: as a ready edit where that costs nothing, else as a
//! command.

use serde_json::{Value, json};

use super::{Asked, CONVERT, FIX, GENERATE, GENERATE_ALL, GENERATE_SNIPPET, REGENERATE, fixes};
use crate::docstring::Symbol;
use crate::generate::{self, Options, Rules, drift, symbol_now};
use crate::orchestrator::Choice;
use crate::provider::ProviderId;
use crate::server::anchor::Anchor;
use crate::server::edits::{snippet_edit, workspace_edit};
use crate::server::features::Features;
use crate::server::quick;
use crate::server::session::Ready;
use crate::style::STYLES;

/// The arguments of a command about `symbol`.
fn arguments(ready: &Ready, symbol: &Symbol) -> Value {
    let anchor = Anchor::of(symbol, ready.source.text());
    json!({
        "uri": ready.snapshot.uri,
        "symbol": anchor.path.0,
        "signature": anchor.hash,
        "style": ready.options.style.id(),
    })
}

fn command(title: &str, name: &str, arguments: &Value) -> Value {
    json!({"title": title, "command": name, "arguments": [arguments]})
}

/// An action: what it does is its `edit` or its `command`. One that answers diagnostics
/// is a quick fix.
fn action(title: &str, kind: &str, does: (&str, Value), answers: Option<&[Value]>) -> Value {
    let (name, does) = does;
    match answers {
        Some(answers) => json!({"title": title, "kind": FIX, "diagnostics": answers, name: does}),
        None => json!({"title": title, "kind": kind, name: does}),
    }
}

/// `Generate all docstrings in this file`.
pub(super) fn generate_all(ready: &Ready, asked: &Asked) -> Value {
    let title = "Generate all docstrings in this file";
    let arguments = json!({"uri": ready.snapshot.uri});
    let command = command(title, "docstring-ls.generateAll", &arguments);
    if asked.features.action_literals {
        action(title, GENERATE_ALL, ("command", command), None)
    } else {
        command
    }
}

/// `Generate docstring` and what goes with it.
pub(super) fn generate(
    ready: &Ready,
    asked: &Asked,
    symbol: &Symbol,
    answers: Option<&[Value]>,
) -> Vec<Value> {
    let Ready { snapshot, source, options, orchestrator, .. } = ready;
    let features = asked.features;
    let title = "Generate docstring";
    let arguments = arguments(ready, symbol);
    if !quick::is_free(ready) {
        return bought(ready, asked, symbol, &arguments, answers);
    }
    let generated = match symbol_now(source, symbol.clone(), options, orchestrator) {
        Some(Ok(generated)) => generated,
        Some(Err(failure)) => {
            tracing::debug!(symbol = %symbol.path, %failure, "nothing is offered");
            return Vec::new();
        }
        None => return Vec::new(),
    };
    if !features.action_literals {
        let command = command(title, "docstring-ls.generate", &arguments);
        return if features.apply_edit { vec![command] } else { Vec::new() };
    }
    let edit = workspace_edit(snapshot, features, std::slice::from_ref(&generated.edit));
    let mut found = vec![action(title, GENERATE, ("edit", edit), answers)];
    if answers.is_none()
        && let Some(edit) = snippet_edit(snapshot, features, &generated)
    {
        let title = "Generate docstring and fill in";
        found.push(action(title, GENERATE_SNIPPET, ("edit", edit), None));
    }
    found
}

/// The actions where a model writes the words: a ready edit if it wrote them before,
/// else commands, one for each model when there are several.
fn bought(
    ready: &Ready,
    asked: &Asked,
    symbol: &Symbol,
    arguments: &Value,
    answers: Option<&[Value]>,
) -> Vec<Value> {
    let Ready { snapshot, options, orchestrator, .. } = ready;
    let features = asked.features;
    let title = "Generate docstring";
    let mut found = Vec::new();
    let mut is_kept = false;
    if features.action_literals
        && let Some(generated) = quick::kept(ready, symbol)
    {
        is_kept = true;
        let edit = workspace_edit(snapshot, features, std::slice::from_ref(&generated.edit));
        found.push(action(title, GENERATE, ("edit", edit), answers));
    }
    // An automatic request never leads to one that costs money.
    if asked.automatic || !features.apply_edit || is_kept && answers.is_some() {
        return found;
    }
    let mut offer = |title: &str, more: &[(&str, &str)]| {
        let mut arguments = arguments.clone();
        if let Value::Object(arguments) = &mut arguments {
            arguments.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())));
        }
        let command = command(title, "docstring-ls.generate", &arguments);
        let is_action = features.action_literals;
        found.push(if is_action { paid(title, command, features, answers) } else { command });
    };
    if is_kept {
        offer("Generate another docstring", &[("cache", "refresh")]);
    } else {
        offer(title, &[]);
    }
    let others: Vec<&ProviderId> = orchestrator.providers().collect();
    if others.len() > 1 && answers.is_none() {
        for id in others {
            if options.choice != Choice::Preferred(id.clone()) {
                offer(&format!("Generate docstring with {id}"), &[("provider", &id.0)]);
            }
        }
    }
    found
}

/// An action whose answer a model writes.
fn paid(title: &str, command: Value, features: Features, answers: Option<&[Value]>) -> Value {
    let mut paid = action(title, GENERATE, ("command", command), answers);
    if let Some(fields) = paid.as_object_mut().filter(|_| features.action_tags) {
        fields.insert("tags".to_owned(), json!([1]));
    }
    paid
}

/// `Update docstring`, when it disagrees with the code.
pub(super) fn update(
    ready: &Ready,
    asked: &Asked,
    symbol: &Symbol,
    answers: Option<&[Value]>,
) -> Option<Value> {
    let Ready { snapshot, source, options, .. } = ready;
    let features = asked.features;
    symbol.existing.as_ref()?;
    let title = "Update docstring";
    let is_stale = !drift(source, symbol, options).is_empty();
    if !is_stale {
        // What only the linter finds is mended as the linter wants it.
        let profile = fixes::profile(answers?, source.language())?;
        let rules = Rules { profile, ..options.rules };
        let ready = Ready { options: Options { rules, ..options.clone() }, ..ready.clone() };
        let updated = quick::updated(&ready, symbol).filter(|_| features.action_literals)?;
        let edit = workspace_edit(snapshot, features, &updated.edits);
        return Some(action(title, GENERATE, ("edit", edit), answers));
    }
    if features.action_literals
        && let Some(updated) = quick::updated(ready, symbol)
    {
        let edit = workspace_edit(snapshot, features, &updated.edits);
        return Some(action(title, GENERATE, ("edit", edit), answers));
    }
    let is_free = quick::is_free(ready);
    // What the embedded provider cannot do at once, its command cannot do either.
    if !features.apply_edit || is_free && features.action_literals || asked.automatic && !is_free {
        return None;
    }
    let command = command(title, "docstring-ls.update", &arguments(ready, symbol));
    Some(match (features.action_literals, is_free) {
        (false, _) => command,
        (true, false) => paid(title, command, features, answers),
        (true, true) => action(title, GENERATE, ("command", command), answers),
    })
}

/// `Convert docstring to …`, for each style in which it would be written differently.
pub(super) fn convert(ready: &Ready, asked: &Asked, symbol: &Symbol) -> Vec<Value> {
    let Ready { snapshot, source, options, .. } = ready;
    let features = asked.features;
    let styles = STYLES.iter().filter(|style| style.language() == source.language());
    let offers = styles.filter_map(|style| {
        let wanted = Options { style: *style, ..options.clone() };
        let converted = generate::convert(source, symbol, &wanted).ok()?;
        let title = format!("Convert docstring to {}", style.id());
        if features.action_literals {
            let edit = workspace_edit(snapshot, features, std::slice::from_ref(&converted.edit));
            return Some(action(&title, CONVERT, ("edit", edit), None));
        }
        let mut arguments = arguments(ready, symbol);
        if let Value::Object(arguments) = &mut arguments {
            arguments.insert("style".to_owned(), style.id().into());
        }
        features.apply_edit.then(|| command(&title, "docstring-ls.convert", &arguments))
    });
    offers.collect()
}

/// `Regenerate docstring`: another one in the place of what is there.
pub(super) fn regenerate(ready: &Ready, asked: &Asked, symbol: &Symbol) -> Option<Value> {
    let features = asked.features;
    let is_written = symbol.slot.is_some() && !symbol.flags.in_trait_impl;
    if !features.apply_edit || !is_written {
        return None;
    }
    let title = "Regenerate docstring";
    let mut arguments = arguments(ready, symbol);
    if let Value::Object(arguments) = &mut arguments {
        arguments.insert("replace".to_owned(), true.into());
    }
    let command = command(title, "docstring-ls.generate", &arguments);
    if !features.action_literals {
        return Some(command);
    }
    let mut offer = action(title, REGENERATE, ("command", command), None);
    if let Some(fields) = offer.as_object_mut()
        && features.action_tags
        && !quick::is_free(ready)
    {
        fields.insert("tags".to_owned(), json!([1]));
    }
    Some(offer)
}
