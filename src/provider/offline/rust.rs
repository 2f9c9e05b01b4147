//! Summaries of Rust items.

use super::adjectives::{is_adjective, noun_for};
use super::nouns::{is_class, is_generic, owner_noun, thing, type_noun};
use super::outcomes;
use super::phrase::{is_preposition, noun_phrase};
use super::predicates::is_predicate_word;
use super::python::{holding, plural};
use super::quote::code;
use super::subject::subject_param;
use super::words::{
    article, definite, expand, indefinite, is_plural, join, list, sentence, spell, split,
};
use super::{Words, action, names, verbs};
use crate::docstring::{Symbol, SymbolKind};

/// The summary of any Rust symbol.
pub(super) fn summary(symbol: &Symbol) -> Words {
    match symbol.kind {
        SymbolKind::Module => module(symbol),
        SymbolKind::Struct | SymbolKind::Union => structure(symbol),
        SymbolKind::Enum => enumeration(symbol),
        SymbolKind::Variant => variant(symbol),
        SymbolKind::Field => field(symbol),
        SymbolKind::Trait => interface(symbol),
        SymbolKind::TypeAlias => alias(symbol),
        SymbolKind::Constant | SymbolKind::Static => constant(symbol),
        SymbolKind::Macro => expansion(symbol),
        _ => function(symbol),
    }
}

fn function(symbol: &Symbol) -> Words {
    if let Some((plain, manner)) = names::manner(symbol) {
        let text = by_convention(&plain).unwrap_or_else(|| action::phrase(&plain).indicative());
        return Words::known(&sentence(&format!("{} {manner}", text.trim_end_matches('.'))));
    }
    if let Some(text) = by_convention(symbol) {
        return Words::known(&sentence(&text));
    }
    Words::known(&sentence(&action::phrase(symbol).indicative()))
}

/// Whether the function gives back its own type.
fn returns_self(symbol: &Symbol) -> bool {
    let ty = symbol.signature.returns.as_deref().unwrap_or_default();
    let own = symbol.owner.as_ref().map(|owner| owner.name.as_str()).unwrap_or_default();
    let bare = ty.trim_start_matches(['&', ' ']).trim_start_matches("mut ");
    ty.contains("Self") || !own.is_empty() && bare.split('<').next() == Some(own)
}

/// Names with a fixed meaning in the API guidelines and the standard library.
fn by_convention(symbol: &Symbol) -> Option<String> {
    let words = split(&symbol.name);
    let noun = owner_noun(symbol)?;
    let own = symbol.owner.as_ref().and_then(|owner| code(&owner.name, 50))?;
    let first = words.first()?.as_str();
    let rest = words.get(1..).unwrap_or_default();
    let has_receiver = symbol.signature.receiver.is_some();
    let param = subject_param(symbol)
        .filter(|param| !is_generic(&param.name))
        .map(|param| spell(&param.name));
    Some(match (first, has_receiver) {
        ("new", false) if rest.is_empty() => match param {
            Some(param) if symbol.signature.params.len() == 1 => {
                format!("creates a new {own} with the given {param}")
            }
            _ => format!("creates a new {own}"),
        },
        ("default", false) if rest.is_empty() => format!("returns the default {own}"),
        ("with", false) => format!("creates a new {own} with the given {}", join(rest)),
        ("from", false) if rest.is_empty() => match param {
            Some(param) => format!("creates {} {own} from the given {param}", article(&noun)),
            None => format!("creates {} {own} from the given value", article(&noun)),
        },
        ("from", false) => {
            let source = join(rest);
            // A quality is none by itself: `from_boxed`.
            let is_quality = rest.last().is_some_and(|last| is_adjective(last));
            let source = if is_quality { format!("{source} value") } else { source };
            format!("creates {} {own} from {}", article(&noun), indefinite(&source))
        }
        ("with", true) => format!("sets the {} and returns the {noun}", join(rest)),
        ("len", true) if rest.is_empty() => format!("returns the number of items in the {noun}"),
        ("iter", true) if rest.is_empty() => format!("returns an iterator over the {noun}"),
        ("iter", true) if rest == ["mut"] => format!("returns a mutable iterator over the {noun}"),
        ("into", true) if rest == ["iter"] => format!("converts the {noun} into an iterator"),
        ("into", true) if rest == ["inner"] => {
            format!("consumes the {noun} and returns the inner value")
        }
        ("next", true) if rest.is_empty() => format!("returns the next item of the {noun}"),
        ("first" | "last", true) if rest.is_empty() => {
            format!("returns the {first} item of the {noun}")
        }
        ("fmt", true) if rest.is_empty() => format!("formats the {noun}"),
        ("clear", true) if rest.is_empty() => format!("clears the {noun}"),
        ("as", true) if !rest.is_empty() && rest.last().is_some_and(|w| w == "mut") => {
            let kept = rest.get(..rest.len() - 1).unwrap_or_default();
            if kept.is_empty() {
                format!("returns the {noun} as a mutable reference")
            } else {
                format!("returns the {noun} as a mutable {}", join(kept))
            }
        }
        ("get", true) if rest.is_empty() && param.is_some() => {
            format!("returns the value for the given {} in the {noun}", param.unwrap_or_default())
        }
        ("push", true) if rest.is_empty() => format!(
            "appends {} to the {noun}",
            indefinite(&pushed(symbol).unwrap_or_else(|| "item".to_owned()))
        ),
        (_, true)
            if rest.last().is_some_and(|w| w == "mut")
                && symbol.signature.returns_value
                && verbs::find(first).is_none() =>
        {
            let kept = words.get(..words.len() - 1).unwrap_or_default();
            format!("returns a mutable reference to the {} of the {noun}", join(kept))
        }
        (_, true)
            if is_builder(symbol) && verbs::find(first).is_none() && !is_predicate_word(first) =>
        {
            format!("sets the {} and returns the {noun}", join(&words))
        }
        (_, false)
            if returns_self(symbol)
                && rest.is_empty()
                && is_adjective(first)
                && verbs::find(first).is_none() =>
        {
            format!("creates {} {first} {own}", article(first))
        }
        ("build", true) if rest.is_empty() => format!("builds the result of the {noun}"),
        _ => return None,
    })
}

/// What the only parameter names, a plain `value` included.
fn pushed(symbol: &Symbol) -> Option<String> {
    let name = &subject_param(symbol)?.name;
    (name == "value" || !is_generic(name)).then(|| spell(name))
}

/// Takes the receiver and gives it back.
fn is_builder(symbol: &Symbol) -> bool {
    let receiver = symbol.signature.receiver.as_deref().unwrap_or_default();
    let takes = matches!(receiver, "self" | "mut self" | "&mut self");
    takes && returns_self(symbol) && !symbol.signature.params.is_empty()
}

fn structure(symbol: &Symbol) -> Words {
    let noun = type_noun(&symbol.name);
    let noun = match noun_for(&noun) {
        Some(lacking) => format!("{noun} {lacking}"),
        None => noun,
    };
    if noun.is_empty() {
        return Words::guess("A structure.");
    }
    let text = indefinite(&noun);
    if let Some(held) = holding(symbol) {
        let with = format!("{text} with {held}");
        if with.len() <= 80 {
            return Words::known(&sentence(&with));
        }
    }
    Words::guess(&sentence(&text))
}

fn enumeration(symbol: &Symbol) -> Words {
    let noun = type_noun(&symbol.name);
    let variants: Vec<String> = symbol.members.iter().filter_map(|m| code(&m.name, 30)).collect();
    let text = indefinite(&noun);
    if (2..=4).contains(&variants.len()) {
        let (last, head) = variants
            .split_last()
            .map_or((String::new(), Vec::new()), |(l, h)| (l.clone(), h.to_vec()));
        let listed = format!("{text}: {} or {last}", head.join(", "));
        if listed.len() <= 80 {
            return Words::known(&sentence(&listed));
        }
    }
    Words::guess(&sentence(&format!("the possible {}", plural(&noun))))
}

fn variant(symbol: &Symbol) -> Words {
    if let Some(message) = outcomes::message(&symbol.decorators) {
        return Words::known(&sentence(&message));
    }
    let words = join(&split(&symbol.name));
    let noun = owner_noun(symbol).unwrap_or_else(|| "variant".to_owned());
    let is_error = symbol.owner.as_ref().is_some_and(|owner| owner.name.ends_with("Error"));
    if is_error && is_adjective(&words) {
        let noun = noun.strip_suffix(" error").filter(|noun| !noun.is_empty());
        if let Some(noun) = noun {
            return Words::guess(&sentence(&format!("the {noun} is {words}")));
        }
    }
    let last = noun.rsplit(' ').next().unwrap_or(&noun).to_owned();
    let phrase = if is_error { indefinite } else { definite };
    if words.rsplit(' ').next() == Some(last.as_str()) {
        return Words::guess(&sentence(&phrase(&words)));
    }
    Words::guess(&sentence(&phrase(&format!("{words} {last}"))))
}

fn field(symbol: &Symbol) -> Words {
    let words = split(&symbol.name);
    let noun = owner_noun(symbol).unwrap_or_default();
    let ty = symbol.signature.value_type.as_deref().unwrap_or_default();
    let first = words.first().map(String::as_str).unwrap_or_default();
    let subject = if noun.is_empty() { "it".to_owned() } else { format!("the {noun}") };
    if ty == "bool" {
        if is_predicate_word(first) && words.len() > 1 {
            return Words::known(&sentence(&format!("whether {subject} {}", join(&words))));
        }
        let spelt = join(&words);
        if is_adjective(words.last().map(String::as_str).unwrap_or_default()) {
            return Words::known(&sentence(&format!("whether {subject} is {spelt}")));
        }
        if verbs::find(first).is_some() {
            let object = noun_phrase(words.get(1..).unwrap_or_default(), false);
            let text = format!("whether to {} {object}", expand(first));
            return Words::known(&sentence(text.trim()));
        }
        return Words::guess(&sentence(&format!("whether {spelt} is set")));
    }
    if matches!(first, "is" | "has") && words.len() > 1 {
        return Words::known(&sentence(&format!("whether {subject} {}", join(&words))));
    }
    let is_number = matches!(ty, "usize" | "u64" | "u32" | "i64" | "i32" | "u16" | "u8");
    let mut text = definite(&thing(&symbol.name, is_number.then_some("int")));
    let is_unsaid = symbol.name.len() < 2 || matches!(symbol.name.as_str(), "it" | "this" | "that");
    if let Some(noun) = cut_short(&symbol.name, ty) {
        text = format!("the {noun}");
    }
    // What the name does not say, the type may.
    if let Some(held) = held_type(ty).filter(|_| is_unsaid) {
        text = format!("the {held}");
    }
    if !noun.is_empty() && !words.iter().any(|w| noun.ends_with(w.as_str())) {
        text = format!("{text} of the {noun}");
    }
    if ty.starts_with("Option<") {
        text = format!("{text}, if any");
    }
    Words::guess(&sentence(&text))
}

/// The type's noun, where the name is its beginning: `pre: Option<Prefilter>`.
fn cut_short(name: &str, ty: &str) -> Option<String> {
    let mut bare = ty;
    while let Some((wrapper, rest)) = bare.split_once('<')
        && matches!(wrapper, "Option" | "Box" | "Arc" | "Rc")
    {
        bare = rest.strip_suffix('>').unwrap_or(rest);
    }
    let last = bare.rsplit("::").next()?;
    let is_cut = name.len() < last.len()
        && last.chars().all(char::is_alphanumeric)
        && last.to_lowercase().starts_with(name);
    is_cut.then(|| type_noun(last))
}

/// The class of a field's type, quoted.
fn held_type(ty: &str) -> Option<String> {
    let bare = ty.split('<').next().unwrap_or(ty).trim_start_matches('&');
    let last = bare.rsplit("::").next().unwrap_or(bare).trim();
    if is_class(last) && last != "Option" { code(last, 40) } else { None }
}

fn interface(symbol: &Symbol) -> Words {
    let is_clause = split(&symbol.name).first().is_some_and(|first| is_preposition(first));
    let noun = match code(&symbol.name, 40) {
        Some(name) if is_clause => name,
        _ => type_noun(&symbol.name),
    };
    let methods: Vec<String> = symbol.children.iter().filter_map(|name| code(name, 30)).collect();
    if !methods.is_empty() && methods.len() <= 3 {
        let text = format!("the {noun} interface, which provides {}", list(&methods));
        if text.len() <= 80 {
            return Words::known(&sentence(&text));
        }
    }
    Words::guess(&sentence(&format!("the {noun} interface")))
}

fn alias(symbol: &Symbol) -> Words {
    let noun = type_noun(&symbol.name);
    let target = symbol.signature.value_type.as_deref().and_then(|ty| code(ty, 50));
    let is_associated = symbol.owner.is_some();
    let text = if is_associated { format!("the {noun} type") } else { indefinite(&noun) };
    match target {
        Some(target) => Words::known(&sentence(&format!("{text}, an alias of {target}"))),
        None => Words::guess(&sentence(&text)),
    }
}

fn constant(symbol: &Symbol) -> Words {
    let noun = join(&split(&symbol.name));
    let owner = owner_noun(symbol);
    let text = definite(&noun);
    let is_numbered = noun.ends_with(|c: char| c.is_ascii_digit());
    if let Some(name) = code(&symbol.name, 40).filter(|_| is_numbered) {
        return Words::guess(&format!("The {name} constant."));
    }
    match owner {
        Some(owner) if !noun.ends_with(&owner) => {
            Words::guess(&sentence(&format!("{text} of the {owner}")))
        }
        _ => Words::guess(&sentence(&text)),
    }
}

fn expansion(symbol: &Symbol) -> Words {
    let words = split(&symbol.name);
    let first = words.first().map(String::as_str).unwrap_or_default();
    let rest = words.get(1..).unwrap_or_default();
    match verbs::find(first) {
        Some(verb) if !rest.is_empty() => {
            let object = noun_phrase(rest, true);
            Words::guess(&sentence(&format!("{} {object}", verbs::third_person(verb.text))))
        }
        _ => match code(&symbol.name, 60) {
            Some(name) => Words::guess(&sentence(&format!("the {name} macro"))),
            None => Words::guess(&sentence(&format!("a macro for {}", join(&words)))),
        },
    }
}

fn module(symbol: &Symbol) -> Words {
    let words = split(&symbol.name);
    let noun = join(&words);
    if symbol.flags.is_test || words.first().is_some_and(|w| w == "tests" || w == "test") {
        return Words::known("Unit tests.");
    }
    let mut names: Vec<String> = Vec::new();
    for name in &symbol.children {
        let is_own = !name.starts_with('_') && !name.contains('#') && name != "tests";
        if let Some(name) = code(name, 40).filter(|_| is_own)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    let listed = format!("Defines {}.", list(&names));
    if !names.is_empty() && names.len() <= 4 && listed.len() <= 80 {
        return Words::known(&listed);
    }
    if !names.is_empty() {
        let shown: Vec<String> = names.iter().take(3).cloned().collect();
        return Words::known(&format!("Defines {} and more.", shown.join(", ")));
    }
    if noun.is_empty() {
        return Words::guess("The contents of the crate.");
    }
    let text = match noun.as_str() {
        "support" => "support code".to_owned(),
        _ if is_plural(&noun) => noun,
        _ => format!("{noun} support"),
    };
    Words::guess(&sentence(&text))
}

/// The text of `# Safety`.
pub(super) fn safety(symbol: &Symbol) -> Words {
    if symbol.kind == SymbolKind::Trait {
        return Words::known(
            "Implementations must uphold the invariants that users of the trait rely on.",
        );
    }
    let pointers: Vec<String> = symbol
        .signature
        .params
        .iter()
        .filter(|param| {
            param
                .ty
                .as_deref()
                .is_some_and(|ty| ty.starts_with("*const ") || ty.starts_with("*mut "))
        })
        .filter_map(|param| code(&param.name, 40))
        .collect();
    let mut callees: Vec<String> = Vec::new();
    for call in &symbol.body.calls {
        let last = call.callee.rsplit([':', '.']).next().unwrap_or_default();
        let is_unsafe = last.ends_with("_unchecked")
            || last.ends_with("_unchecked_mut")
            || last.contains("from_raw")
            || matches!(
                last,
                "transmute"
                    | "assume_init"
                    | "read_volatile"
                    | "write_volatile"
                    | "set_len"
                    | "offset"
                    | "copy_nonoverlapping"
                    | "from_utf8_unchecked"
                    | "unwrap_unchecked"
                    | "read_unaligned"
            );
        if is_unsafe
            && let Some(quoted) = code(&call.callee, 50)
            && !callees.contains(&quoted)
        {
            callees.push(quoted);
        }
    }
    callees.truncate(3);
    let mut text = String::new();
    if !pointers.is_empty() {
        let verb = if pointers.len() == 1 { "is a valid pointer" } else { "are valid pointers" };
        text = format!("The caller must ensure that {} {verb} for this use.", list(&pointers));
    }
    if !callees.is_empty() {
        if !text.is_empty() {
            text.push(' ');
        }
        let _ = std::fmt::Write::write_fmt(
            &mut text,
            format_args!("The caller must uphold the safety requirements of {}.", list(&callees)),
        );
    }
    if text.is_empty() {
        return Words::guess("The caller must uphold the invariants that the body relies on.");
    }
    Words::known(&text)
}
