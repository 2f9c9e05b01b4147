//! How the calls of Rust fail, in words.

use super::quote::code;
use super::words::{list, spell};

/// A callee of `?` whose failure has plain words.
pub(super) fn failing(callee: &str) -> Option<String> {
    let last = callee.rsplit(['.', ':']).next().unwrap_or(callee);
    let last = last.split('<').next().unwrap_or(last);
    let receiver = callee.rsplit_once('.').map(|(receiver, _)| receiver);
    Some(match (last, receiver) {
        ("parse", Some(receiver)) => format!("{} cannot be parsed", plain(receiver)?),
        ("lock", Some(receiver)) => format!("the lock {} is poisoned", code(receiver, 40)?),
        ("from_utf8" | "from_utf8_mut", None) => "the bytes are not valid UTF-8".to_owned(),
        ("open", None) if callee.ends_with("File::open") => "the file cannot be opened".to_owned(),
        ("create", None) if callee.ends_with("File::create") => {
            "the file cannot be created".to_owned()
        }
        ("read_to_string" | "read", None) if callee.contains("fs::") => {
            "the file cannot be read".to_owned()
        }
        ("create_dir_all" | "create_dir", None) => "the directory cannot be created".to_owned(),
        _ => return None,
    })
}

/// A receiver without the calls that only trim or borrow it.
fn plain(receiver: &str) -> Option<String> {
    let mut bare = receiver;
    while let Some((head, call)) = bare.rsplit_once('.')
        && matches!(
            call,
            "trim()" | "trim_start()" | "trim_end()" | "as_str()" | "as_ref()" | "as_bytes()"
        )
    {
        bare = head;
    }
    code(bare, 40)
}

/// When an `unwrap` or `expect` on this receiver panics.
pub(super) fn unwrapped(receiver: &str) -> Option<String> {
    let quoted = code(receiver, 50).filter(|_| !receiver.starts_with('.'));
    let open = last_call(receiver);
    let Some((subject, method)) = open else {
        let quoted = quoted?;
        let last = receiver.rsplit('.').next().unwrap_or(receiver);
        let is_call = receiver.ends_with(')') || last.contains('(');
        return Some(if is_call {
            format!("{quoted} is `None` or an error")
        } else {
            format!("{quoted} is `None` or holds an error")
        });
    };
    let (subject, is_walked) = ["iter()", "iter_mut()", "chars()", "bytes()", "keys()", "values()"]
        .iter()
        .find_map(|walk| subject.strip_suffix(walk)?.strip_suffix('.'))
        .map_or((subject, false), |inner| (inner, true));
    let has_arguments = !receiver.ends_with("()");
    let container = code(subject, 50);
    // A chain that is too long to be repeated goes by the name of its last call.
    let named = code(method, 50);
    let is_none = || match (&quoted, &named) {
        (Some(quoted), _) => Some(format!("{quoted} is `None`")),
        (None, named) => named.as_ref().map(|named| format!("{named} returns `None`")),
    };
    let fails = || quoted.as_ref().or(named.as_ref()).map(|name| format!("{name} fails"));
    Some(match (method, container) {
        (
            "last" | "first" | "last_mut" | "first_mut" | "pop" | "pop_front" | "pop_back"
            | "front" | "back" | "front_mut" | "back_mut" | "split_first" | "split_last" | "peek",
            Some(container),
        ) if !has_arguments && method != "peek" => format!("{container} is empty"),
        ("max" | "min" | "next" | "next_back" | "last", Some(container)) if is_walked => {
            format!("{container} is empty")
        }
        ("next" | "next_back" | "peek", Some(container)) => {
            format!("{container} has no more items")
        }
        ("lock" | "read" | "write", Some(container)) if !has_arguments => {
            format!("the lock {container} is poisoned")
        }
        ("parse", _) => format!("{} cannot be parsed", plain(subject)?),
        (
            "take" | "as_ref" | "as_mut" | "as_deref" | "as_deref_mut" | "cloned" | "copied",
            Some(container),
        ) => {
            format!("{container} is `None`")
        }
        (
            "get" | "get_mut" | "find" | "position" | "rposition" | "strip_prefix" | "strip_suffix"
            | "split_once" | "rsplit_once" | "file_name" | "file_stem" | "extension" | "parent"
            | "to_str" | "upgrade" | "nth" | "to_digit" | "max_by_key" | "min_by_key" | "max"
            | "min" | "as_str" | "as_bytes" | "as_u64" | "as_i64" | "as_array" | "as_object",
            _,
        ) => is_none()?,
        ("checked_add" | "checked_sub" | "checked_mul" | "checked_pow" | "checked_neg", _) => {
            format!("{} overflows", quoted.or(named)?)
        }
        (
            "try_into" | "try_from" | "from_utf8" | "send" | "recv" | "join" | "open" | "create"
            | "write_all" | "flush" | "read_to_string" | "read_to_end" | "from_str" | "to_string"
            | "spawn" | "bind" | "build" | "connect" | "into_inner" | "try_lock" | "block_on"
            | "set_len",
            _,
        ) => fails()?,
        _ => match &quoted {
            Some(quoted) => format!("{quoted} is `None` or an error"),
            None => fails()?,
        },
    })
}

/// The receiver and the name of the last call of a chain.
fn last_call(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    if bytes.last() != Some(&b')') {
        return None;
    }
    let mut depth = 0usize;
    let open = bytes.iter().enumerate().rev().find_map(|(at, byte)| {
        match byte {
            b')' => depth += 1,
            b'(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let head = text.get(..open)?;
    let head = head.split_once("::<").filter(|_| head.ends_with('>')).map_or(head, |(h, _)| h);
    head.rsplit_once('.').or_else(|| head.rsplit_once("::"))
}

/// The failing calls as one clause: `a` or `b` fails.
pub(super) fn any_of(callees: &[String]) -> Option<String> {
    let mut clauses: Vec<String> = Vec::new();
    let mut named: Vec<String> = Vec::new();
    for callee in callees {
        if let Some(text) = failing(callee) {
            if !clauses.contains(&text) {
                clauses.push(text);
            }
        } else if let Some(quoted) = code(callee, 50)
            && !named.contains(&quoted)
        {
            named.push(quoted);
        }
    }
    let left_out = clauses.len() + named.len() > 5;
    clauses.truncate(2);
    named.truncate(4);
    if left_out {
        named.truncate(3);
        named.push("another call".to_owned());
    }
    if !named.is_empty() {
        clauses.push(format!("{} fails", either(&named)));
    }
    (!clauses.is_empty()).then(|| either(&clauses))
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either(items: &[String]) -> String {
    match items {
        [] | [_] => list(items),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

/// The message of `#[error("…")]`, if it is a plain sentence.
pub(super) fn message(decorators: &[String]) -> Option<String> {
    let attribute = decorators.iter().find_map(|text| text.strip_prefix("error("))?;
    let quoted = attribute.trim_end().strip_suffix(')')?.trim();
    let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
    stated(text)
}

/// A message without its placeholders.
pub(super) fn stated(text: &str) -> Option<String> {
    let text = match text.split_once(": {") {
        Some((head, tail)) if tail.ends_with('}') && !tail.contains('{') => head,
        _ => text,
    };
    let is_plain = text.len() > 4
        && text.len() < 90
        && text.contains(' ')
        && text.starts_with(char::is_alphabetic)
        && !text.contains(['{', '}', '`', '\\', '"', '<', '[', '*', '_']);
    (is_plain && !spell(text).is_empty()).then(|| text.to_owned())
}
