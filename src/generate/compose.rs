//! Joins the facts of a symbol with the words of a provider.
//!
//! Names, types, defaults and the choice of sections come from the facts and the
//! rules; only the prose comes from the content.

use super::options::{InitDocs, Options, Profile};
use super::types::{param_type, return_type, shown_type, yield_type};
use super::words::{sentence, split_summary};
use crate::docstring::{
    Docstring, Item, Language, Param, Raise, Section, SectionBody, SectionKind, Symbol, SymbolKind,
};
use crate::style::{Content, Described, Example, markup, normalise, untyped};

/// The docstring of `symbol`: names and types from the tree, prose from `content`.
pub fn compose(symbol: &Symbol, content: &Content, options: &Options) -> Docstring {
    let (summary, overflow) = split_summary(symbol, &content.summary, options);
    let description = content.description.as_deref().map(|text| prose(text, symbol));
    let description = match (overflow, description) {
        (Some(overflow), Some(text)) => Some([overflow, text].join("\n\n")),
        (overflow, text) => overflow.or(text),
    };
    let mut sections = Vec::new();
    if options.style.id() != "pep257" {
        match symbol.language {
            Language::Python => python(symbol, content, options, &mut sections),
            Language::Rust => rust(symbol, content, options, &mut sections),
        }
        remarks(symbol, content, &mut sections);
    }
    sections.sort_by(|a: &Section, b: &Section| a.kind.cmp(&b.kind));
    Docstring { summary, description, sections }
}

fn prose(text: &str, symbol: &Symbol) -> String {
    sentence(&normalise(&markup(text, symbol.language)), symbol.language)
}

fn items(kind: SectionKind, items: Vec<Item>, sections: &mut Vec<Section>) {
    if !items.is_empty() {
        sections.push(Section { kind, body: SectionBody::Items(items) });
    }
}

fn text(kind: SectionKind, text: Option<String>, sections: &mut Vec<Section>) {
    if let Some(text) = text {
        sections.push(Section { kind, body: SectionBody::Text(text) });
    }
}

fn python(symbol: &Symbol, content: &Content, options: &Options, sections: &mut Vec<Section>) {
    let is_init = symbol.kind == SymbolKind::Method && symbol.name == "__init__";
    let in_class = options.rules.init_docs == InitDocs::Class;
    let has_params = match symbol.kind {
        SymbolKind::Class => in_class && !symbol.flags.is_dataclass,
        _ => symbol.kind.is_callable() && !(is_init && in_class),
    };
    if has_params {
        items(SectionKind::Parameters, parameters(symbol, content, options), sections);
    }
    if symbol.kind == SymbolKind::Class {
        items(SectionKind::Attributes, attributes(symbol, content, options), sections);
    }
    if !symbol.kind.is_callable() {
        return;
    }
    let has_yields = symbol.signature.is_generator && content.yields.is_some();
    if let Some(words) = &content.yields
        && has_yields
    {
        let ty = yield_type(symbol, options);
        items(SectionKind::Yields, vec![value(words, ty, symbol, options)], sections);
    }
    // Readers of epytext know one of the two only.
    let has_room = !(has_yields && options.style.id() == "epytext");
    if let Some(words) = &content.returns
        && symbol.signature.returns_value
        && !is_property(symbol, options)
        && !is_init
        && has_room
    {
        let ty = return_type(symbol, options);
        items(SectionKind::Returns, vec![value(words, ty, symbol, options)], sections);
    }
    items(SectionKind::Raises, exceptions(symbol, content, options), sections);
}

/// Read as an attribute, so that its summary says what it is. numpydoc does not look
/// at decorators (RT01), pydoclint knows `property` as the first of them only (DOC201).
fn is_property(symbol: &Symbol, options: &Options) -> bool {
    if symbol.kind != SymbolKind::Property {
        return false;
    }
    match options.rules.profile {
        Profile::Common | Profile::Clippy | Profile::Numpydoc if options.style.id() == "numpy" => {
            false
        }
        Profile::Common | Profile::Clippy | Profile::Pydoclint => {
            symbol.decorators.first().is_some_and(|decorator| decorator.trim() == "property")
        }
        Profile::Ruff | Profile::Numpydoc => true,
    }
}

fn value(words: &str, ty: Option<String>, symbol: &Symbol, options: &Options) -> Item {
    let mut description = prose(words, symbol);
    if ty.is_none() && options.style.id() == "google" {
        description = untyped(&description);
    }
    Item { name: None, ty, description }
}

/// Whether a parameter is described: not `_`, and not `_name` if the rules say so.
fn is_documented(param: &Param, options: &Options) -> bool {
    let bare = param.name.trim_matches('_');
    let is_private = param.name.starts_with('_');
    !bare.is_empty() && (!is_private || !options.rules.omit_private_params)
}

fn find<'a>(described: &'a [Described], name: &str) -> Option<&'a Described> {
    described.iter().find(|described| described.name == name)
}

fn parameters(symbol: &Symbol, content: &Content, options: &Options) -> Vec<Item> {
    let has_stars = matches!(options.style.id(), "google" | "numpy");
    let params = symbol.signature.params.iter().filter(|param| is_documented(param, options));
    let items = params.filter_map(|param| {
        let words = find(&content.params, &param.name)?;
        let mut description = prose(&words.description, symbol);
        if options.rules.defaults
            && let Some(default) = shown_default(param)
            && !description.to_ascii_lowercase().contains("default")
        {
            description.push_str(&[" Defaults to ``", default, "``."].concat());
        }
        let name = if has_stars { param.starred() } else { param.name.clone() };
        Some(Item { name: Some(name), ty: param_type(param, symbol, options), description })
    });
    items.collect()
}

/// A default that is worth a sentence: short, and not `None`, which says nothing.
fn shown_default(param: &Param) -> Option<&str> {
    let default = param.default.as_deref()?.trim();
    let is_short = default.chars().count() <= 40 && !default.contains(['`', '\n', '\\']);
    (is_short && !default.is_empty() && !matches!(default, "None" | "...")).then_some(default)
}

fn attributes(symbol: &Symbol, content: &Content, options: &Options) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for member in symbol.members.iter().filter(|member| !member.name.starts_with('_')) {
        let Some(words) = find(&content.attributes, &member.name) else { continue };
        if items.iter().any(|item| item.name.as_deref() == Some(member.name.as_str())) {
            continue;
        }
        items.push(Item {
            name: Some(member.name.clone()),
            ty: shown_type(member.ty.as_deref(), options),
            description: prose(&words.description, symbol),
        });
    }
    items
}

fn exceptions(symbol: &Symbol, content: &Content, options: &Options) -> Vec<Item> {
    let rules = &options.rules;
    let shown = |raise: &&Raise| {
        let is_name = raise.exception.split('.').all(|part| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
        // pydoclint wants even the stub's own (DOC501); the others know that it is no promise.
        let is_stub = symbol.body.is_stub
            && raise.exception.ends_with("NotImplementedError")
            && matches!(rules.profile, Profile::Ruff | Profile::Numpydoc);
        // ruff and pydoclint count what is caught; numpydoc is silent, and so are we then.
        let counts = !raise.is_caught || rules.caught_raises || rules.profile != Profile::Numpydoc;
        is_name && !is_stub && counts
    };
    let mut items: Vec<Item> = Vec::new();
    for raise in symbol.body.raises.iter().filter(shown) {
        let description = match find(&content.raises, &raise.exception) {
            Some(words) => prose(&words.description, symbol),
            None if raise.exception.ends_with("NotImplementedError") => unimplemented(symbol),
            None => continue,
        };
        push_exception(&mut items, &raise.exception, description);
    }
    if rules.asserts
        && let Some(words) = &content.panics
    {
        let words = words.strip_prefix("Panics ").unwrap_or(words);
        push_exception(&mut items, "AssertionError", prose(words, symbol));
    }
    items
}

fn push_exception(items: &mut Vec<Item>, name: &str, description: String) {
    if items.iter().all(|item| item.name.as_deref() != Some(name)) {
        items.push(Item { name: Some(name.to_owned()), ty: None, description });
    }
}

/// What `NotImplementedError` means, which no provider needs to be asked.
fn unimplemented(symbol: &Symbol) -> String {
    let is_method = symbol.kind != SymbolKind::Function;
    match (symbol.body.is_stub, is_method) {
        (true, true) => "If a subclass does not implement it.",
        (true, false) => "Always: it is not implemented.",
        (false, _) => "If the case is not implemented.",
    }
    .to_owned()
}

fn rust(symbol: &Symbol, content: &Content, options: &Options, sections: &mut Vec<Section>) {
    let part = |words: &Option<String>| words.as_deref().map(|words| prose(words, symbol));
    if options.rules.rust_arguments && symbol.kind.is_callable() {
        let params = symbol.signature.params.iter().filter(|param| is_documented(param, options));
        let described: Option<Vec<Item>> = params
            .map(|param| {
                let words = find(&content.params, &param.name)?;
                let description = prose(&words.description, symbol);
                Some(Item { name: Some(param.name.clone()), ty: None, description })
            })
            .collect();
        items(SectionKind::Parameters, described.unwrap_or_default(), sections);
        if symbol.signature.returns_value {
            text(SectionKind::Returns, part(&content.returns), sections);
        }
    }
    text(SectionKind::Panics, part(&content.panics), sections);
    if symbol.signature.is_fallible {
        text(SectionKind::Errors, part(&content.errors), sections);
    }
    if symbol.flags.is_unsafe {
        text(SectionKind::Safety, part(&content.safety), sections);
    }
}

/// What no fact bears out: notes, warnings, examples, deprecation.
fn remarks(symbol: &Symbol, content: &Content, sections: &mut Vec<Section>) {
    let part = |words: &Option<String>| words.as_deref().map(|words| prose(words, symbol));
    text(SectionKind::Deprecated, part(&content.deprecated), sections);
    text(SectionKind::Warnings, part(&content.warnings), sections);
    text(SectionKind::Notes, part(&content.notes), sections);
    let examples = content.examples.iter().map(|example| self::example(example, symbol));
    let examples: Vec<String> = examples.collect();
    let examples = (!examples.is_empty()).then(|| examples.join("\n\n"));
    text(SectionKind::Examples, examples, sections);
}

/// An example that no test runner executes: nobody has run it.
fn example(example: &Example, symbol: &Symbol) -> String {
    let note = example.note.as_deref().map(|note| prose(note, symbol));
    if symbol.language == Language::Rust {
        let code = format!("```text\n{}\n```", example.code.trim_end().replace("```", "'''"));
        return note.map_or_else(|| code.clone(), |note| [note.as_str(), &code].join("\n\n"));
    }
    let has_prompts = example.code.lines().any(|line| line.trim_start().starts_with(">>>"));
    let lines = example.code.trim_end().lines().map(|line| {
        let line = line.trim_end();
        let code = without_prompts(line);
        match code {
            _ if line.is_empty() => String::new(),
            Some(code) => format!("    {code}").trim_end().to_owned(),
            None if has_prompts => format!("    # {line}"),
            None => format!("    {line}"),
        }
    });
    let code = lines.collect::<Vec<_>>().join("\n");
    let note = note.unwrap_or_else(|| "For example".to_owned());
    format!("{}::\n\n{code}", note.trim_end_matches(['.', ':', '!', '?']))
}

/// What stands behind the prompts of an interactive session, however many there are:
/// one that is left would be run.
fn without_prompts(line: &str) -> Option<&str> {
    let mut code = None;
    let mut rest = line;
    while let Some(behind) =
        [">>>", "..."].iter().find_map(|mark| rest.trim_start().strip_prefix(mark))
    {
        rest = behind.strip_prefix(' ').unwrap_or(behind);
        code = Some(rest);
    }
    code
}

#[cfg(test)]
mod tests;
