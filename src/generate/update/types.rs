//! Whether a documented type and an annotation are the same type.
//!
//! People write types for people: `list of str`, `array_like`, `callable`. Two types count
//! as different only when both are spelled as code and no reading makes them agree.

/// How two types compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same, but for spelling.
    Same,
    /// Nobody can tell.
    Unknown,
    /// Certainly different.
    Different,
}

/// Words that stand for the same type.
const SPELLINGS: [(&str, &str); 12] = [
    ("string", "str"),
    ("unicode", "str"),
    ("integer", "int"),
    ("boolean", "bool"),
    ("double", "float"),
    ("nonetype", "none"),
    ("dictionary", "dict"),
    ("text", "str"),
    ("function", "callable"),
    ("func", "callable"),
    ("type", "type"),
    ("obj", "object"),
];

/// Types that are what they are, whatever a file imports.
const CERTAIN: [&str; 12] = [
    "str",
    "int",
    "bool",
    "float",
    "bytes",
    "list",
    "dict",
    "tuple",
    "set",
    "complex",
    "frozenset",
    "bytearray",
];

/// Pairs of which one is taken where the other is asked for (PEP 484's tower), or is a word
/// for it.
const NEAR: [(&str, &str); 6] = [
    ("int", "float"),
    ("int", "complex"),
    ("float", "complex"),
    ("int", "bool"),
    ("set", "frozenset"),
    ("bytes", "bytearray"),
];

/// Classes of the standard library that no project has another of.
const KNOWN: [&str; 7] = ["path", "datetime", "timedelta", "decimal", "uuid", "date", "purepath"];

/// Compares a documented type with an annotation.
pub(super) fn likeness(documented: &str, actual: &str) -> Likeness {
    compared(documented, actual, 4)
}

fn compared(documented: &str, actual: &str, depth: usize) -> Likeness {
    if squeezed(documented) == squeezed(actual) {
        return Likeness::Same;
    }
    let (Some(one), Some(other)) = (members(documented), members(actual)) else {
        return Likeness::Unknown;
    };
    if one.iter().map(|member| &member.head).eq(other.iter().map(|member| &member.head)) {
        let (Some(one), Some(other)) = (one.first(), other.first()) else {
            return Likeness::Same;
        };
        return match (&one.arguments, &other.arguments) {
            (Some(one), Some(other)) if depth > 0 => arguments(one, other, depth - 1),
            _ => Likeness::Same,
        };
    }
    let is_certain = |member: &Member| CERTAIN.contains(&member.head.as_str());
    let is_known = |member: &Member| is_certain(member) || KNOWN.contains(&member.head.as_str());
    let agrees = |a: &Member| {
        let near = |(x, y): &(&str, &str), b: &Member| {
            (a.head == *x && b.head == *y) || (a.head == *y && b.head == *x)
        };
        other.iter().any(|b| a.head == b.head || NEAR.iter().any(|pair| near(pair, b)))
    };
    let is_code = !one.is_empty()
        && !other.is_empty()
        && one.iter().all(is_known)
        && other.iter().all(is_known)
        && (one.iter().any(is_certain) || other.iter().any(is_certain));
    if is_code && !one.iter().any(agrees) { Likeness::Different } else { Likeness::Unknown }
}

/// Compares what stands between the brackets of two types of the same name.
fn arguments(one: &str, other: &str, depth: usize) -> Likeness {
    let (one, other) = (split(one, ','), split(other, ','));
    if one.len() != other.len() || one.len() > 8 {
        return Likeness::Unknown;
    }
    let pairs = one.iter().zip(&other).map(|(one, other)| compared(one, other, depth));
    let pairs: Vec<Likeness> = pairs.collect();
    match () {
        () if pairs.contains(&Likeness::Different) => Likeness::Different,
        () if pairs.iter().all(|one| *one == Likeness::Same) => Likeness::Same,
        () => Likeness::Unknown,
    }
}

/// A type of a union.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    /// The last part of its name, in lower case.
    head: String,
    /// What stands between its brackets.
    arguments: Option<String>,
}

/// Whether the two are the same to the letter, white space and quotes aside (pydoclint
/// DOC105).
pub(super) fn is_verbatim(documented: &str, actual: &str) -> bool {
    squeezed(documented) == squeezed(actual)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '`')).collect()
}

/// The types in a union, in order, `None` left out; `None` for what is not spelled as code.
fn members(text: &str) -> Option<Vec<Member>> {
    let text = text.trim().trim_matches('`');
    let mut parts: Vec<&str> = Vec::new();
    let mut open = vec![text];
    while let Some(part) = open.pop() {
        let part = part.trim();
        let inner = |name: &str| {
            let rest = part.strip_prefix("typing.").unwrap_or(part).strip_prefix(name)?;
            rest.strip_prefix('[')?.strip_suffix(']')
        };
        if parts.len() + open.len() > 64 {
            return None;
        }
        if let Some(inside) = inner("Optional") {
            open.push(inside);
        } else if let Some(inside) = inner("Union") {
            open.extend(split(inside, ','));
        } else if split(part, '|').len() > 1 {
            open.extend(split(part, '|'));
        } else if let Some((one, other)) = part.split_once(" or ") {
            open.extend([one, other]);
        } else {
            parts.push(part);
        }
    }
    let mut heads = Vec::new();
    for part in parts {
        let part = part.trim_matches('`');
        let (head, rest) = part.split_once('[').map_or((part, None), |(h, r)| (h, Some(r)));
        let head = head.trim();
        let is_code = !head.is_empty()
            && head.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
            && rest.is_none_or(|rest| rest.ends_with(']'));
        if !is_code {
            return None;
        }
        let name = head.rsplit('.').next().unwrap_or(head);
        let last = name.to_ascii_lowercase();
        let known = SPELLINGS.iter().find(|(word, _)| *word == last);
        let head = known.map_or(last.clone(), |(_, ty)| (*ty).to_owned());
        let arguments = rest.and_then(|rest| rest.strip_suffix(']')).map(str::to_owned);
        if head != "none" {
            heads.push(Member { head, arguments });
        }
    }
    heads.sort();
    heads.dedup();
    Some(heads)
}

/// The parts between separators that stand outside of brackets.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::Likeness::{Different, Same, Unknown};
    use super::likeness;

    #[test]
    fn only_certain_types_differ() {
        for (documented, actual, expected) in [
            ("int", "int", Same),
            ("int or None", "Optional[int]", Same),
            ("list[ str ]", "list[str]", Same),
            ("string", "str | None", Same),
            ("typing.List[int]", "list[int]", Same),
            ("Union[str, bytes]", "bytes | str", Same),
            ("int", "str", Different),
            ("bool", "str | bytes", Different),
            ("dict", "list[int]", Different),
            ("list[int]", "list[str]", Different),
            ("dict[str, list[int]]", "dict[str, list[bytes]]", Different),
            ("Path", "str", Different),
            ("str", "Path", Different),
            ("OrderedDict", "dict[str, int]", Unknown),
            ("int", "float", Unknown),
            ("Sequence", "list[int]", Unknown),
            ("list of str", "dict[str, int]", Unknown),
            ("list", "Sequence[str]", Unknown),
            ("str", "StrPath", Unknown),
            ("Session", "Client", Unknown),
            ("{'a', 'b'}", "str", Unknown),
            ("str", "int | str", Unknown),
        ] {
            assert_eq!(likeness(documented, actual), expected, "{documented} {actual}");
        }
    }
}
