//! Finds the JSON object in what a model wrote, and mends what is harmless: fences and
//! words around it, a comma too many. It never invents a word.

use serde_json::Value;

/// Longer answers are no docstring.
const LONGEST: usize = 256 * 1024;
/// Deeper ones are no content; the parser's own limit is 128.
const DEEPEST: usize = 32;

/// The object in `text`; `None` when there is none that can be read.
pub(super) fn object(text: &str) -> Option<Value> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.trim().trim_start_matches('\u{feff}');
    // Most answers are what they should be.
    if text.starts_with('{')
        && depth(text) <= DEEPEST
        && let Ok(value @ Value::Object(_)) = serde_json::from_str(text)
    {
        return Some(value);
    }
    // A thought before the answer may hold braces, so later objects are better ones.
    let mut best = None;
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('{')) {
        let start = from + at;
        let Some(end) = closing(text, start) else {
            from = start + 1;
            if best.is_some() {
                break;
            }
            // An open brace in prose hides what follows it; each is tried, but only a few.
            if text.get(..from).is_some_and(|before| before.matches('{').count() > 16) {
                break;
            }
            continue;
        };
        let candidate = text.get(start..end).unwrap_or_default();
        if depth(candidate) <= DEEPEST {
            let read = serde_json::from_str(candidate);
            let read = read.or_else(|_| serde_json::from_str(&without_extra_commas(candidate)));
            if let Ok(value @ Value::Object(_)) = read {
                best = Some(value);
            }
        }
        from = end;
    }
    best
}

/// Runs over the bytes outside of strings.
fn outside_strings(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut inside = false;
    let mut escaped = false;
    text.bytes().enumerate().filter(move |(_, byte)| {
        if inside {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => inside = false,
                _ => {}
            }
            return false;
        }
        inside = *byte == b'"';
        true
    })
}

/// The position after the brace that closes the one at `start`.
fn closing(text: &str, start: usize) -> Option<usize> {
    let mut open = 0usize;
    for (at, byte) in outside_strings(text.get(start..)?) {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => {
                open = open.saturating_sub(1);
                if open == 0 {
                    return Some(start + at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn depth(text: &str) -> usize {
    let (mut open, mut deepest) = (0usize, 0);
    for (_, byte) in outside_strings(text) {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// Drops the commas before a closing bracket.
fn without_extra_commas(text: &str) -> String {
    let mut dropped = Vec::new();
    let mut comma = None;
    for (at, byte) in outside_strings(text) {
        match byte {
            b',' => comma = Some(at),
            b'}' | b']' => dropped.extend(comma.take()),
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
    }
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for at in dropped {
        kept.push_str(text.get(from..at).unwrap_or_default());
        from = at + 1;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn finds_the_object_in_what_surrounds_it() {
        let expected = json!({"summary": "Say {x} or }.", "params": []});
        let plain = r#"{"summary": "Say {x} or }.", "params": []}"#;
        for text in [
            plain.to_owned(),
            format!("```json\n{plain}\n```"),
            format!("Here it is:\n\n{plain}\n\nAnything else?"),
            format!("<think>{{maybe {{\"a\": 1}}</think>{plain}"),
            format!("{{\"draft\": 1}} no, better: {plain}"),
            r#"{"summary": "Say {x} or }.", "params": [],}"#.to_owned(),
            "{\"summary\": \"Say {x} or }.\" , \"params\": [ , \n] }".replace("[ ,", "["),
        ] {
            assert_eq!(object(&text).as_ref(), Some(&expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_stays_none() {
        for text in ["", "null", "[1]", "Words.", "{", "{\"a\": ", "{a: 1}"] {
            assert_eq!(object(text), None, "{text}");
        }
        assert_eq!(object(&"{\"a\":".repeat(5_000)), None);
        assert_eq!(object(&format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40))), None);
        assert_eq!(object(&"x".repeat(LONGEST + 1)), None);
        assert_eq!(object(&"{".repeat(LONGEST)), None);
    }

    #[test]
    fn commas_inside_of_strings_stay() {
        assert_eq!(object(r#"x {"a": ",}", "b": [1,],}"#), Some(json!({"a": ",}", "b": [1]})));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[{}\\[\\]\",:\\\\ a1é`\n]{0,60}") {
            let _ = object(&text);
        }

        #[test]
        fn finds_any_object_behind_prose(words in "[a-z .]{0,20}", key in "[a-z]{1,5}", value in ".{0,20}") {
            let expected = json!({ key: value });
            prop_assert_eq!(object(&format!("{words}{expected}")), Some(expected));
        }
    }
}
