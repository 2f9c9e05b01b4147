//! What `*args` and `**kwargs` are: the call that they are handed on to, or their name.

use super::Words;
use super::quote::code;
use super::words::{capitalize, definite, is_plural, join, split};
use crate::docstring::{Param, Symbol};

/// `*args` and `**kwargs`: where they go.
pub(super) fn variadic(
    symbol: &Symbol,
    param: &Param,
    stars: &str,
    plain: &str,
    kind: &str,
) -> Words {
    let spread = format!("{stars}{}", param.name);
    let target =
        symbol.body.calls.iter().find(|call| call.args.iter().any(|(_, text)| *text == spread));
    let words = split(&param.name);
    let is_plain = matches!(
        param.name.as_str(),
        "args"
            | "kwargs"
            | "kwds"
            | "kw"
            | "_args"
            | "_kwargs"
            | "keywords"
            | "kwarg"
            | "arguments"
    );
    let noun = if is_plain || words.is_empty() { kind.to_owned() } else { join(&words) };
    if let Some(target) = target
        && let Some(callee) = code(&target.callee, 50)
    {
        let text = if is_plain {
            format!("Additional {kind} passed to {callee}.")
        } else {
            let noun = if is_plural(&noun) { noun } else { format!("{noun} {kind}") };
            format!("{} passed to {callee}.", capitalize(&definite(&noun)))
        };
        return Words::known(&text);
    }
    if is_plain {
        return Words::known(&format!(
            "Additional {plain}.",
            plain = if plain == "arguments" { kind } else { plain }
        ));
    }
    let noun = if is_plural(&noun) { noun } else { format!("{noun} values") };
    if stars == "*" {
        Words::guess(&format!("Any number of {noun}."))
    } else {
        Words::guess(&format!("{}, given as keyword arguments.", capitalize(&definite(&noun))))
    }
}
