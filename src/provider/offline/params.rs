//! What a parameter is: from the protocol, its type, its default and its use.

use super::accessors::new_value;
use super::nouns::{is_class, is_generic, is_readable, owner_noun, thing, type_noun};
use super::phrase::is_preposition;
use super::quote::code;
use super::subject::{is_ambient, is_trait};
use super::switches::{flag, is_flag};
use super::variadic::variadic;
use super::words::{definite, is_plural, join, list, sentence, split};
use super::{Words, dunders, uses, verbs};
use crate::docstring::{Language, Param, ParamKind, Symbol};

/// The description of the parameter at `index`.
pub(super) fn describe(symbol: &Symbol, param: &Param, index: usize) -> Words {
    if symbol.flags.is_dunder
        && let Some(text) = dunders::parameter(&symbol.name, &param.name, index)
    {
        if symbol.name == "__contains__" && !is_generic(&param.name) && param.ty.is_some() {
            return Words::known(&format!("The {} to look for.", join(&split(&param.name))));
        }
        return Words::known(text);
    }
    match param.kind {
        ParamKind::VarPositional => {
            return variadic(symbol, param, "*", "arguments", "positional arguments");
        }
        ParamKind::VarKeyword => {
            return variadic(symbol, param, "**", "keyword arguments", "keyword arguments");
        }
        _ => {}
    }
    if let Some(text) = new_value(symbol, param) {
        return Words::known(&text);
    }
    if is_flag(param) && param.name != "default" {
        return Words::known(&sentence(&flag(symbol, param)));
    }
    if let Some(text) = called(symbol, param) {
        return Words::known(&text);
    }
    if let Some(text) = well_known(symbol, param) {
        return Words::known(text);
    }
    if let Some(text) = from_source(symbol, param, index) {
        return Words::known(&sentence(&text));
    }
    if let Some(text) = acted_upon(symbol, param, index).or_else(|| uses::measured(symbol, param)) {
        return Words::known(&sentence(&text));
    }
    if let Some(text) = collection(param) {
        return Words::known(&sentence(&text));
    }
    named(symbol, param)
}

/// A function that the body calls or passes on.
fn called(symbol: &Symbol, param: &Param) -> Option<String> {
    let ty = param.ty.as_deref().unwrap_or_default();
    let is_called = symbol.body.calls.iter().find(|call| call.callee == param.name);
    let is_callable = ty.starts_with("Callable")
        || ty.contains(".Callable[")
        || ty == "Callable"
        || ty.contains("Callable[");
    let is_class = matches!(param.name.as_str(), "cls" | "klass" | "class_")
        || ty.starts_with("type[")
        || ty.starts_with("Type[");
    if is_class && is_called.is_some() {
        return Some("The class to instantiate.".to_owned());
    }
    if let Some(call) = is_called {
        if symbol.language == Language::Rust {
            return Some("The function to call.".to_owned());
        }
        let arguments: Vec<String> = call
            .args
            .iter()
            .filter(|(_, text)| !text.starts_with('*'))
            .filter_map(|(_, text)| code(text, 24))
            .collect();
        if !arguments.is_empty() && arguments.len() == call.args.len() && arguments.len() <= 2 {
            return Some(format!("The function to call with {}.", list(&arguments)));
        }
        return Some("The function to call.".to_owned());
    }
    if is_callable
        && matches!(
            param.name.as_str(),
            "f" | "fn" | "func" | "function" | "callback" | "cb" | "handler"
        )
    {
        if returns_closure(symbol) {
            return Some("The function to decorate.".to_owned());
        }
        if symbol.name.contains("decorat") {
            return Some("The function to decorate.".to_owned());
        }
        if param.name.len() == 1 {
            return Some("The function.".to_owned());
        }
        let spelt = join(&split(&param.name)).replace("function", "given");
        return Some(format!("The {spelt} function."));
    }
    None
}

fn returns_closure(symbol: &Symbol) -> bool {
    symbol.body.returns.iter().any(|value| symbol.children.contains(&value.text))
}

/// Names that mean the same everywhere.
fn well_known(symbol: &Symbol, param: &Param) -> Option<&'static str> {
    let is_python = symbol.language == Language::Python;
    Some(match param.name.trim_matches('_') {
        "exc_type" | "exctype" => "The type of the exception, if any.",
        "exc_val" | "exc_value" | "excvalue" => "The exception that was raised, if any.",
        "exc_tb" | "traceback" | "tb" if symbol.flags.is_dunder => {
            "The traceback of the exception, if any."
        }
        "other" if is_python => "The other object.",
        "self" => "The instance.",
        "encoding" => "The name of the encoding used to decode or encode text.",
        "errors" if is_python => "How encoding and decoding errors are handled.",
        "argv" => "The command-line arguments.",
        "environ" => "The environment variables, by name.",
        "loop" if is_python => "The event loop.",
        "memo" if symbol.name == "__deepcopy__" => "The copies that were already made.",
        "fget" => "The function that returns the value.",
        "fset" => "The function that sets the value.",
        "stacklevel" => "How many frames up the call stack the warning points to.",
        "maxsize" | "max_size" => "The maximum size.",
        "default" if is_python => "The value to use when there is none.",
        _ => return None,
    })
}

/// The object of the function's own verb: `def render(task)` has a task to render.
fn acted_upon(symbol: &Symbol, param: &Param, index: usize) -> Option<String> {
    let is_keyword = param.kind == ParamKind::KeywordOnly;
    if index > 0 || symbol.flags.is_dunder || is_keyword || is_ambient(&param.name) {
        return None;
    }
    let words = split(&symbol.name);
    if param.name.len() < 2 {
        let [only] = words.as_slice() else { return None };
        let verb = verbs::find(only).filter(|verb| {
            !matches!(verb.text, "return" | "iterate over" | "create" | "set" | "initialize")
        })?;
        return short_name(symbol, param).is_none().then(|| format!("the value to {}", verb.text));
    }
    if let [has, object @ ..] = words.as_slice()
        && matches!(has.as_str(), "has" | "contains")
        && *object == split(&param.name)
    {
        return Some(format!("{} to look for", definite(&join(object))));
    }
    let first = words.first()?;
    let verb = verbs::find(first)?;
    if verb.text == "return" || verb.text == "iterate over" {
        return None;
    }
    let rest = words.get(1..).unwrap_or_default();
    let spelt = split(&param.name);
    let overlaps = rest.is_empty()
        || spelt.last().is_some_and(|last| {
            rest.last().is_some_and(|word| {
                word == last || *word == format!("{last}s") || *last == format!("{word}s")
            })
        });
    if !overlaps || verb.text == "create" || verb.text == "set" && !rest.is_empty() {
        return None;
    }
    let noun = match param.name.as_str() {
        "obj" | "object" => "object".to_owned(),
        _ => join(&spelt),
    };
    Some(format!("{} to {}", definite(&noun), verb.text))
}

/// `from_file(path)`: the path of the file.
fn from_source(symbol: &Symbol, param: &Param, index: usize) -> Option<String> {
    let words = split(&symbol.name);
    let [from, source @ ..] = words.as_slice() else { return None };
    if from != "from" || source.is_empty() || index > 0 || symbol.flags.is_dunder {
        return None;
    }
    let owner = owner_noun(symbol)?;
    let spelt = split(&param.name);
    if is_trait(&spelt) && join(&spelt) != join(source) {
        return Some(format!("{} of the {}", definite(&join(&spelt)), join(source)));
    }
    if !is_generic(&param.name) && spelt != source {
        return None;
    }
    let noun = if is_generic(&param.name) { join(source) } else { join(&spelt) };
    Some(format!("{} to create the {owner} from", definite(&noun)))
}

/// What a container type holds.
fn collection(param: &Param) -> Option<String> {
    let ty = param.ty.as_deref()?;
    let spelt = join(&split(&param.name));
    let base = ty.split('[').next().unwrap_or(ty).rsplit('.').next().unwrap_or(ty);
    let form = match base {
        "dict" | "Dict" | "Mapping" | "MutableMapping" => "mapping",
        _ => return None,
    };
    if !is_plural(&spelt) {
        return None;
    }
    Some(format!("A {form} of {spelt}"))
}

/// The words of the name, with what the type, the function's name and its use add.
fn named(symbol: &Symbol, param: &Param) -> Words {
    if param.name == "verbose" && param.ty.as_deref() == Some("int") {
        return Words::known("The verbosity level.");
    }
    let words = split(&param.name);
    if words.is_empty() || param.name.len() < 2 {
        if let Some(text) = short_name(symbol, param) {
            return Words::guess(&sentence(&text));
        }
        let by_type = param
            .ty
            .as_deref()
            .filter(|ty| !matches!(*ty, "Any" | "t.Any" | "typing.Any" | "object"))
            .filter(|ty| ty.len() < 40 && !ty.contains(['[', ' ', '&', '<', '\'', '"']));
        return match by_type.and_then(|ty| code(ty, 40)) {
            Some(quoted) => Words::guess(&format!("The {quoted} to use.")),
            None => Words::guess(&format!("The {} argument.", ordinal(symbol, param))),
        };
    }
    let first = words.first().map(String::as_str).unwrap_or_default();
    let is_clause =
        words.len() > 1 && matches!(first, "on" | "before" | "after" | "from" | "to" | "with");
    let noun =
        if is_clause { format!("value for {}", join(&words)) } else { noun_of(param, &words) };
    let noun = if words.len() == 1 { thing_of(param, noun) } else { noun };
    let subject = definite(&noun);
    if let Some(text) = shown(symbol, param) {
        return Words::known(&sentence(&format!("{subject} {text}")));
    }
    let whole = whole_of(symbol, &noun, &words);
    if let Some(whole) = &whole
        && (is_trait(&words) || symbol.name == "__init__" && uses::is_stored(symbol, param))
    {
        return Words::guess(&sentence(&format!("{subject} of the {whole}")));
    }
    if let Some(text) = uses::of(symbol, param) {
        return Words::known(&sentence(&format!("{subject} {text}")));
    }
    if let Some(callee) = forwarded(symbol, param) {
        return Words::known(&sentence(&format!("{subject} passed to {callee}")));
    }
    match whole {
        Some(whole) => Words::guess(&sentence(&format!("{subject} for the {whole}"))),
        None if param.default.as_deref() == Some("None") && !is_said_optional(&subject) => {
            Words::guess(&sentence(&format!("{subject}, if any")))
        }
        None => Words::guess(&sentence(&subject)),
    }
}

fn is_said_optional(subject: &str) -> bool {
    subject.ends_with(" any") || subject.starts_with("all ")
}

/// A lone quality with the noun that its type gives it.
fn thing_of(param: &Param, noun: String) -> String {
    let full = thing(&param.name, param.ty.as_deref());
    if full.len() > noun.len() && full.starts_with(&noun) { full } else { noun }
}

/// An argument that an exception puts into its message.
fn shown(symbol: &Symbol, param: &Param) -> Option<String> {
    let is_exception = symbol.owner.as_ref().is_some_and(|owner| owner.flags.is_exception);
    if !is_exception || symbol.name != "__init__" {
        return None;
    }
    let field = format!("{{{}", param.name);
    let is_shown = symbol.body.calls.iter().any(|call| {
        call.callee.contains("super()")
            && call.args.iter().any(|(_, text)| {
                text.match_indices(&field).any(|(at, _)| {
                    let next = text.get(at + field.len()..).and_then(|rest| rest.chars().next());
                    next.is_some_and(|c| matches!(c, '}' | '!' | ':' | '.'))
                })
            })
    });
    is_shown.then(|| "shown in the message".to_owned())
}

/// A name of one letter: what its type or the function says.
fn short_name(symbol: &Symbol, param: &Param) -> Option<String> {
    if symbol.flags.is_nested && symbol.name.contains("decorat") {
        return Some("the function to decorate".to_owned());
    }
    if matches!(param.name.as_str(), "e") && param.ty.is_none() {
        return Some("the exception".to_owned());
    }
    let has = |name: &str| symbol.signature.params.iter().any(|param| param.name == name);
    if matches!(param.name.as_str(), "x" | "y" | "z") && has("x") && has("y") {
        return Some(format!("the {} coordinate", param.name));
    }
    let Some(ty) = param.ty.as_deref() else {
        return forwarded(symbol, param).map(|callee| format!("the value passed to {callee}"));
    };
    let bare = ty.strip_suffix("| None").unwrap_or(ty).trim().trim_matches(['"', '\'']);
    let last = bare.rsplit('.').next()?;
    let noun = type_noun(last);
    (is_class(last) && !noun.is_empty() && !matches!(last, "Any" | "Callable" | "Self"))
        .then(|| definite(&noun))
}

/// `request: PreparedRequest` is the prepared request.
fn noun_of(param: &Param, words: &[String]) -> String {
    let spelt = join(words);
    if !words.iter().any(|word| is_readable(word))
        && let Some(quoted) = code(&param.name, 40)
    {
        return format!("{quoted} argument");
    }
    let Some(ty) = param.ty.as_deref() else { return spelt };
    let bare = ty.strip_prefix("Optional[").and_then(|t| t.strip_suffix(']')).unwrap_or(ty);
    let bare = bare.strip_suffix("| None").unwrap_or(bare).trim();
    let last = bare.rsplit(['.', ':']).next().unwrap_or(bare);
    let is_class = last.starts_with(char::is_uppercase) && last.chars().all(char::is_alphanumeric);
    let is_one = !bare.contains('|');
    if !is_class || !is_one || words.len() > 1 {
        return spelt;
    }
    let noun = type_noun(last);
    let is_longer = noun.len() > spelt.len() && noun.split(' ').next_back() == Some(spelt.as_str());
    if is_longer { noun } else { spelt }
}

/// What the function is about, for the parameters that only shape it.
fn whole_of(symbol: &Symbol, noun: &str, words: &[String]) -> Option<String> {
    if symbol.flags.is_dunder && symbol.name != "__init__" {
        return None;
    }
    let name = split(&symbol.name);
    let first = name.first().map(String::as_str).unwrap_or_default();
    let is_source = first == "from" && !symbol.flags.is_dunder && name.len() > 1;
    let whole = if is_source || symbol.name == "__init__" || first == "new" {
        owner_noun(symbol)?
    } else if matches!(
        first,
        "pytest" | "to" | "as" | "is" | "has" | "on" | "test" | "with" | "into"
    ) {
        return None;
    } else if verbs::find(first).is_some() {
        let rest = name.get(1..).unwrap_or_default();
        let end = rest.iter().position(|word| is_preposition(word)).unwrap_or(rest.len());
        let object = rest.get(..end).unwrap_or_default();
        if object.is_empty() {
            match first {
                "request" | "redirect" | "query" | "search" | "download" | "upload" => {
                    first.to_owned()
                }
                "get" | "post" | "put" | "patch" | "delete"
                    if symbol.signature.params.iter().any(|p| p.name == "url") =>
                {
                    "request".to_owned()
                }
                _ => return None,
            }
        } else {
            let kept = object.get(object.len().saturating_sub(2)..).unwrap_or(object);
            let is_determiner = kept.first().is_some_and(|word| {
                matches!(word.as_str(), "no" | "all" | "any" | "each" | "every" | "only")
            });
            join(if is_determiner { kept.get(1..).unwrap_or(kept) } else { kept })
        }
    } else {
        let end = name.iter().position(|word| is_preposition(word)).unwrap_or(name.len());
        let object = name.get(..end).unwrap_or_default();
        join(object.get(object.len().saturating_sub(2)..).unwrap_or(object))
    };
    let same = |a: &str, b: &str| a.trim_end_matches('s') == b.trim_end_matches('s');
    let overlaps = whole.split(' ').any(|a| noun.split(' ').any(|b| same(a, b)));
    let is_ambient = matches!(
        words.last().map(String::as_str),
        Some("context" | "ctx" | "console" | "app" | "config" | "environment" | "session" | "self")
    );
    (!whole.is_empty() && !overlaps && !is_ambient && !whole.ends_with(" of")).then_some(whole)
}

/// The only call that the argument is handed to as it is.
fn forwarded(symbol: &Symbol, param: &Param) -> Option<String> {
    let mut targets = symbol
        .body
        .calls
        .iter()
        .filter(|call| call.args.iter().any(|(_, text)| *text == param.name))
        .filter(|call| {
            !matches!(
                call.callee.as_str(),
                "isinstance"
                    | "len"
                    | "str"
                    | "int"
                    | "bool"
                    | "list"
                    | "tuple"
                    | "dict"
                    | "set"
                    | "iter"
                    | "next"
                    | "hasattr"
                    | "getattr"
                    | "setattr"
                    | "cast"
                    | "t.cast"
                    | "repr"
                    | "type"
                    | "callable"
                    | "issubclass"
                    | "Some"
                    | "Ok"
                    | "Err"
            )
        });
    let first = targets.next()?;
    if targets.any(|other| other.callee != first.callee)
        || first.callee.contains(['(', '[', '"', '\''])
    {
        return None;
    }
    code(&first.callee, 40)
}

fn ordinal(symbol: &Symbol, param: &Param) -> &'static str {
    let index = symbol.signature.params.iter().position(|p| p.name == param.name).unwrap_or(0);
    ["first", "second", "third", "fourth", "fifth", "sixth"].get(index).copied().unwrap_or("next")
}
