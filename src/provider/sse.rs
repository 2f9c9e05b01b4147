//! Takes a streamed body apart: server-sent events, or one JSON value a line.
//!
//! Server-sent events are read by the rules of the HTML standard (section 9.2.6):
//! lines end in LF, CR or CRLF, a blank line ends an event, `:` begins a comment, and
//! what is not ended by the end of the body is dropped. Chunks may be cut anywhere,
//! also between CR and LF and within a character. Fields that only matter to a browser
//! that connects again (`id`, `retry`) are skipped.

/// How the events of a body are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// `text/event-stream`.
    Sse,
    /// One event a line, as in `application/x-ndjson`.
    Lines,
}

/// A piece of a streamed answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// What kind of event it says it is; always `None` in [`Framing::Lines`].
    pub(super) name: Option<String>,
    /// What it carries, usually JSON.
    pub(super) data: String,
}

/// An event is longer than any answer can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Most bytes of one event.
const LIMIT: usize = 1 << 20;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The events of a body, decoded as it comes.
#[derive(Debug)]
pub(super) struct Events {
    framing: Framing,
    /// The line that is not complete yet.
    line: Vec<u8>,
    /// The event that is not complete yet.
    event: Event,
    /// A `data` field was there, even if an empty one.
    has_data: bool,
    /// The last byte was a CR, so that an LF that follows belongs to it.
    after_cr: bool,
    is_first_line: bool,
}

impl Events {
    /// Begins a body.
    pub(super) fn new(framing: Framing) -> Self {
        Self {
            framing,
            line: Vec::new(),
            event: Event::default(),
            has_data: false,
            after_cr: false,
            is_first_line: true,
        }
    }

    /// Takes the next piece of the body and gives the events that it completes.
    ///
    /// # Errors
    ///
    /// When an event is longer than 1 MiB. The rest of the body has no meaning then.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<Vec<Event>, TooLarge> {
        let mut events = Vec::new();
        let mut rest = chunk;
        while !rest.is_empty() {
            if std::mem::take(&mut self.after_cr)
                && let Some(after) = rest.strip_prefix(b"\n")
            {
                rest = after;
                continue;
            }
            let is_sse = self.framing == Framing::Sse;
            let end = rest.iter().position(|byte| *byte == b'\n' || is_sse && *byte == b'\r');
            let (part, ended) = match end.and_then(|at| rest.split_at_checked(at)) {
                Some((part, ended)) => (part, Some(ended)),
                None => (rest, None),
            };
            let held = self.line.len() + self.event.data.len();
            if held + part.len() > LIMIT {
                return Err(TooLarge);
            }
            self.line.extend_from_slice(part);
            let Some((end, after)) = ended.and_then(<[u8]>::split_first) else { break };
            self.after_cr = *end == b'\r';
            rest = after;
            events.extend(self.end_line());
        }
        Ok(events)
    }

    /// Ends the body. Only a last line without its line feed can still be an event;
    /// a server-sent event without its blank line was cut off.
    pub(super) fn finish(mut self) -> Option<Event> {
        match self.framing {
            Framing::Sse => None,
            Framing::Lines => self.end_line(),
        }
    }

    fn end_line(&mut self) -> Option<Event> {
        let taken = std::mem::take(&mut self.line);
        let mut line = taken.as_slice();
        if std::mem::take(&mut self.is_first_line) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        let line = String::from_utf8_lossy(line);
        match self.framing {
            Framing::Lines => {
                let data = line.trim();
                (!data.is_empty()).then(|| Event { name: None, data: data.to_owned() })
            }
            Framing::Sse if line.is_empty() => {
                let event = std::mem::take(&mut self.event);
                std::mem::take(&mut self.has_data).then_some(event)
            }
            Framing::Sse => {
                self.field(&line);
                None
            }
        }
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            // An empty name is no name.
            "event" => self.event.name = (!value.is_empty()).then(|| value.to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(framing: Framing, chunks: &[&[u8]]) -> Vec<(Option<String>, String)> {
        let mut events = Events::new(framing);
        let mut found = Vec::new();
        for chunk in chunks {
            found.extend(events.push(chunk).expect("small events"));
        }
        found.extend(events.finish());
        found.into_iter().map(|event| (event.name, event.data)).collect()
    }

    #[track_caller]
    fn check(framing: Framing, body: &str, expected: &[(&str, &str)]) {
        let found = decode(framing, &[body.as_bytes()]);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, data)| (name.as_deref().unwrap_or_default(), data.as_str()))
            .collect();
        assert_eq!(found, expected, "{body:?}");
    }

    #[test]
    fn reads_server_sent_events() {
        let sse = |body, expected: &[(&str, &str)]| check(Framing::Sse, body, expected);
        sse("data: a\n\ndata:b\n\n", &[("", "a"), ("", "b")]);
        sse("event: ping\ndata: {}\n\n", &[("ping", "{}")]);
        sse("data: a\r\rdata: b\r\n\r\ndata: c\n\r\n", &[("", "a"), ("", "b"), ("", "c")]);
        sse("data: one\ndata: two\ndata\n\n", &[("", "one\ntwo\n")]);
        sse("data:  two blanks\n\n", &[("", " two blanks")]);
        sse(": OPENROUTER PROCESSING\n\n:\n\ndata: a\n: in between\n\n", &[("", "a")]);
        sse("\u{feff}data: a\n\n", &[("", "a")]);
        sse("data: a\n\n\u{feff}data: b\n\n", &[("", "a")]);
        sse("id: 1\nretry: 5\nother: x\ndata: a\n\n", &[("", "a")]);
        sse("data: a:b\n\n", &[("", "a:b")]);
    }

    #[test]
    fn an_event_without_data_or_end_is_none() {
        let sse = |body, expected: &[(&str, &str)]| check(Framing::Sse, body, expected);
        sse("event: ping\n\ndata: a\n\n", &[("", "a")]);
        sse("event: a\nevent:\ndata: x\n\n", &[("", "x")]);
        sse("data: a\n\ndata: cut", &[("", "a")]);
        sse("data: a\n\ndata: cut\n", &[("", "a")]);
        sse("data\n\n", &[("", "")]);
    }

    #[test]
    fn reads_one_value_a_line() {
        let lines = |body, expected: &[(&str, &str)]| check(Framing::Lines, body, expected);
        lines("{\"a\":1}\n{}\r\n\n{\"b\":2}", &[("", "{\"a\":1}"), ("", "{}"), ("", "{\"b\":2}")]);
        lines("\u{feff}{}\n", &[("", "{}")]);
        lines("{\r}\n", &[("", "{\r}")]);
        lines("\n \n", &[]);
    }

    #[test]
    fn bounds_an_event() {
        let line = [b'x'; 4096];
        for framing in [Framing::Sse, Framing::Lines] {
            let mut events = Events::new(framing);
            let pushed = (0..1000).position(|_| events.push(&line).is_err());
            assert_eq!(pushed, Some(256), "{framing:?}");
        }
        let mut events = Events::new(Framing::Sse);
        let field = [b"data: ".as_slice(), &line, b"\n"].concat();
        assert!((0..1000).any(|_| events.push(&field) == Err(TooLarge)));
        // Events one after the other may be longer together.
        let mut events = Events::new(Framing::Sse);
        let event = [field.as_slice(), b"\n"].concat();
        assert!((0..1000).all(|_| events.push(&event).map(|found| found.len()) == Ok(1)));
    }

    /// The rules once more, over the whole text at once.
    fn reference(body: &[u8]) -> Vec<(Option<String>, String)> {
        let text = String::from_utf8_lossy(body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body));
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let Some((complete, _)) = text.rsplit_once('\n') else { return Vec::new() };
        let (mut name, mut data) = (None, Vec::new());
        let mut found = Vec::new();
        for line in complete.split('\n') {
            if line.is_empty() {
                let (name, data) = (name.take(), std::mem::take(&mut data));
                if !data.is_empty() {
                    found.push((name, data.join("\n")));
                }
            } else if line == "data" {
                data.push(String::new());
            } else if let Some(value) = line.strip_prefix("data:") {
                data.push(value.strip_prefix(' ').unwrap_or(value).to_owned());
            } else if line == "event" {
                name = None;
            } else if let Some(value) = line.strip_prefix("event:") {
                let value = value.strip_prefix(' ').unwrap_or(value);
                name = (!value.is_empty()).then(|| value.to_owned());
            }
        }
        found
    }

    fn body() -> impl Strategy<Value = Vec<u8>> {
        let pieces: Vec<&[u8]> = vec![
            b"\r",
            b"\n",
            b"\r\n",
            b"\n\n",
            b":",
            b" ",
            b"data",
            b"data: x",
            b"data:{\"a\":1}",
            b"event: ping",
            b"event",
            b"id: 7",
            BYTE_ORDER_MARK,
            "é😀".as_bytes(),
            b"\xff\xf0\x9f",
        ];
        prop::collection::vec(prop::sample::select(pieces), 0..40).prop_map(|p| p.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

        #[test]
        fn chunks_may_be_cut_anywhere(body in body(), cuts in prop::collection::vec(0..100usize, 0..20)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(body.len())).collect();
            cuts.extend([0, body.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]).collect();
            let bytes: Vec<&[u8]> = body.chunks(1).collect();
            prop_assert_eq!(decode(Framing::Sse, &chunks), reference(&body));
            prop_assert_eq!(decode(Framing::Sse, &bytes), reference(&body));
            let whole = decode(Framing::Lines, &[&body]);
            prop_assert_eq!(decode(Framing::Lines, &chunks), whole.clone());
            prop_assert_eq!(decode(Framing::Lines, &bytes), whole);
        }
    }
}
