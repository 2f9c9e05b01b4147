//! Which parameter a function is about.

use super::nouns::{is_generic, is_readable, thing};
use super::phrase::is_preposition;
use super::words::{expand, join, split};
use crate::docstring::{Param, ParamKind, Symbol};

/// Names of what a call is made in, rather than what it is about.
pub(super) fn is_ambient(name: &str) -> bool {
    matches!(
        name.trim_matches('_'),
        "ctx"
            | "context"
            | "console"
            | "app"
            | "application"
            | "environment"
            | "env"
            | "environ"
            | "config"
            | "func"
            | "f"
            | "fn"
            | "function"
            | "callback"
            | "settings"
            | "logger"
            | "loop"
            | "session"
            | "state"
            | "db"
            | "conn"
            | "connection"
            | "client"
            | "frame"
            | "parser"
            | "formatter"
            | "stacklevel"
            | "namespace"
            | "globals"
            | "locals"
            | "handler"
            | "manager"
            | "fp"
            | "std_handle"
            | "memo"
            | "kind"
            | "scope"
            | "info"
            | "cmd"
            | "writer"
            | "deserializer"
            | "serializer"
            | "visitor"
            | "buf"
            | "buffer"
            | "exc"
            | "exc_type"
            | "excinfo"
    )
}

/// Names of a measure or a manner: a verb applies with them, not to them.
pub(super) fn is_measure(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    matches!(
        last,
        "width"
            | "height"
            | "size"
            | "length"
            | "len"
            | "timeout"
            | "count"
            | "limit"
            | "level"
            | "offset"
            | "mode"
            | "format"
            | "encoding"
            | "amount"
            | "depth"
            | "delay"
            | "interval"
            | "ratio"
            | "factor"
            | "n"
            | "num"
            | "number"
            | "times"
            | "seconds"
            | "force"
            | "strict"
            | "flags"
            | "color"
            | "style"
            | "fmt"
    )
}

/// Names by which something is found.
pub(super) fn is_key(name: &str) -> bool {
    matches!(name, "name" | "key" | "index" | "id" | "idx" | "pk" | "uid" | "slug")
        || name.ends_with("_id")
        || name.ends_with("_name")
        || name.ends_with("_key")
}

pub(super) fn is_switch(param: &Param) -> bool {
    param
        .ty
        .as_deref()
        .is_some_and(|ty| ty == "bool" || ty.starts_with("bool |") || ty == "Optional[bool]")
        || matches!(param.default.as_deref(), Some("True" | "False" | "true" | "false"))
}

/// The parameters that must be given, switches left out.
pub(super) fn required_params(symbol: &Symbol) -> impl Iterator<Item = &Param> {
    symbol.signature.params.iter().filter(|param| {
        matches!(param.kind, ParamKind::Regular | ParamKind::PositionalOnly)
            && param.default.is_none()
            && !is_switch(param)
    })
}

/// The parameter that a function is about: the first, if it must be given.
pub(super) fn subject_param(symbol: &Symbol) -> Option<&Param> {
    let param =
        symbol.signature.params.iter().find(|param| !param.name.chars().all(|c| c == '_'))?;
    let is_plain = matches!(param.kind, ParamKind::Regular | ParamKind::PositionalOnly);
    // `split_off(at)`: a place, no thing.
    let is_place = is_preposition(&param.name);
    (is_plain && param.default.is_none() && !is_switch(param) && !is_place).then_some(param)
}

/// The words of a parameter's name, spelt out.
pub(super) fn spelt_param(param: &Param) -> String {
    let words = split(&param.name);
    // "the given" goes before it.
    match words.as_slice() {
        [first, rest @ ..] if first == "given" && !rest.is_empty() => join(rest),
        _ => thing(&param.name, param.ty.as_deref()),
    }
}

/// The first parameter that must be given and says more than the name does.
pub(super) fn telling_param<'a>(symbol: &'a Symbol, words: &[String]) -> Option<&'a Param> {
    required_params(symbol).take(2).find(|param| {
        let parts = split(&param.name);
        let is_said = parts.iter().all(|part| {
            let part = expand(part).trim_end_matches('s');
            words.iter().any(|word| expand(word).trim_end_matches('s') == part)
        });
        let is_word = parts.iter().all(|part| is_readable(part));
        !is_generic(&param.name)
            && !is_preposition(&param.name)
            && !is_ambient(&param.name)
            && !is_said
            && is_word
    })
}

/// A quality that something has, rather than a thing that it uses.
pub(super) fn is_trait(words: &[String]) -> bool {
    let last = words.last().map(String::as_str).unwrap_or_default();
    matches!(
        last,
        "name"
            | "key"
            | "width"
            | "height"
            | "size"
            | "length"
            | "title"
            | "color"
            | "type"
            | "kind"
            | "id"
            | "ID"
            | "label"
            | "index"
            | "number"
            | "count"
            | "status"
            | "version"
            | "level"
            | "position"
            | "path"
            | "host"
            | "port"
            | "description"
            | "depth"
            | "format"
            | "domain"
            | "URL"
            | "method"
            | "body"
            | "content"
            | "text"
            | "code"
            | "start"
            | "end"
            | "style"
            | "headers"
            | "fields"
            | "value"
            | "values"
            | "attributes"
            | "items"
            | "children"
            | "parent"
            | "scope"
            | "mode"
            | "encoding"
            | "shape"
            | "weight"
            | "age"
            | "prefix"
            | "suffix"
    )
}
