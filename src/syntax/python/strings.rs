//! Where strings and comments are, in code that need not be sound.

/// Whether `offset` is outside of strings and comments, as far as the text before it
/// tells. Linear, and without a stack: a nested f-string counts as several strings.
pub(super) fn is_code(text: &str, offset: usize) -> bool {
    let bytes = text.as_bytes().get(..offset).unwrap_or_default();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'#' => match find(bytes, at, |byte| matches!(byte, b'\n' | b'\r')) {
                Some(end) => end,
                None => return false,
            },
            b'"' | b'\'' => match string_end(bytes, at, *byte) {
                Some(end) => end,
                None => return false,
            },
            _ => at + 1,
        };
    }
    true
}

fn find(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|byte| wanted(*byte)).map(|index| from + index)
}

/// Where the string ends that begins with the quote at `start`; one that nobody closed
/// ends with its line, unless it has three quotes.
fn string_end(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    let is_triple = |at: usize| bytes.get(at..at + 3).is_some_and(|three| three == [quote; 3]);
    let triple = is_triple(start);
    let mut at = start + if triple { 3 } else { 1 };
    loop {
        at = find(bytes, at, |byte| {
            byte == quote || byte == b'\\' || !triple && matches!(byte, b'\n' | b'\r')
        })?;
        match bytes.get(at)? {
            // The second byte of a line's end is skipped as well.
            b'\\' if bytes.get(at + 1) == Some(&b'\r') && bytes.get(at + 2) == Some(&b'\n') => {
                at += 3;
            }
            b'\\' => at += 2,
            byte if *byte != quote => return Some(at),
            _ if !triple => return Some(at + 1),
            _ if is_triple(at) => return Some(at + 3),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn strings_and_comments() {
        for (text, expected) in [
            ("", true),
            ("x = 1\n|", true),
            ("x = 'a|", false),
            ("x = 'a\n|", true),
            ("x = 'a\\\n|", false),
            ("x = 'a\\\r\n|", false),
            ("x = 'it\\'s'|", true),
            ("x = \"\"\"a\n\"b\" ''' |", false),
            ("x = \"\"\"a\\\"\"\"|", false),
            ("x = r'''a\n'''\n|", true),
            ("# it's\n|", true),
            ("# it's |", false),
            ("x = ''\n|", true),
            ("x = f\"{y['a']}\"\n|", true),
            ("\"\"\"\n\"\"\"\n\"\"\"|", false),
        ] {
            let offset = text.find('|').unwrap_or(text.len());
            assert_eq!(is_code(text, offset), expected, "{text:?}");
        }
    }
}
