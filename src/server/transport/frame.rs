//! Cuts the byte stream of the client into message bodies.
//!
//! What is declared is checked before anything is buffered. An error here means that
//! nobody knows where the next message begins, so the session has to end.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The longest header block, in bytes.
const MAX_HEADERS: usize = 8 * 1024;
/// The longest body, in bytes: well above any file that is worked on.
const MAX_BODY: u64 = 64 * 1024 * 1024;
/// A buffer that grew beyond this is given back after its message.
const KEPT: usize = 1024 * 1024;

/// Why the stream cannot be read on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// The header block never ends.
    #[error("a message header is longer than {MAX_HEADERS} bytes")]
    HeadersTooLong,
    /// Not `Name: value`.
    #[error("a message header has no colon")]
    NotAHeader,
    /// `Content-Length` is missing, negative, no number, or given twice.
    #[error("a message header has no usable Content-Length")]
    NoLength,
    /// More than is accepted.
    #[error("a message of {0} bytes is longer than {MAX_BODY} bytes")]
    TooLong(u64),
    /// The input ended inside a message.
    #[error("the input ended inside a message")]
    Truncated,
    /// The input failed.
    #[error("the input cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Reads one message after the other.
pub(crate) struct Frames<R> {
    input: R,
    line: Vec<u8>,
    body: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin> Frames<R> {
    /// Reads from `input`.
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: Vec::new(), body: Vec::new() }
    }

    /// The next body; `None` at the end of the input.
    ///
    /// # Errors
    ///
    /// When the stream is broken for good.
    pub(crate) async fn next(&mut self) -> Result<Option<&[u8]>, FrameError> {
        loop {
            let Some(length) = self.headers().await? else { return Ok(None) };
            if length > MAX_BODY {
                return Err(FrameError::TooLong(length));
            }
            self.body.clear();
            self.body.shrink_to(KEPT);
            let read = (&mut self.input).take(length).read_to_end(&mut self.body).await?;
            if read as u64 != length {
                return Err(FrameError::Truncated);
            }
            if length > 0 {
                break;
            }
        }
        Ok(Some(&self.body))
    }

    async fn headers(&mut self) -> Result<Option<u64>, FrameError> {
        let mut room = MAX_HEADERS;
        let mut length = None;
        let mut seen = false;
        loop {
            self.line.clear();
            let limit = room as u64;
            let read = (&mut self.input).take(limit).read_until(b'\n', &mut self.line).await?;
            let ended = self.line.ends_with(b"\n");
            if !ended && read == room {
                return Err(FrameError::HeadersTooLong);
            }
            if !ended {
                return if seen || read > 0 { Err(FrameError::Truncated) } else { Ok(None) };
            }
            room -= read;
            let line = self.line.trim_ascii();
            if line.is_empty() {
                if !seen {
                    // Stray blank lines between messages.
                    room = MAX_HEADERS;
                    continue;
                }
                return length.map(Some).ok_or(FrameError::NoLength);
            }
            seen = true;
            let line = std::str::from_utf8(line).map_err(|_| FrameError::NotAHeader)?;
            let (name, value) = line.split_once(':').ok_or(FrameError::NotAHeader)?;
            if name.trim().eq_ignore_ascii_case("content-length") {
                let value = value.trim();
                let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                let value = if digits { value.parse().ok() } else { None };
                let value = value.ok_or(FrameError::NoLength)?;
                if length.replace(value).is_some_and(|before| before != value) {
                    return Err(FrameError::NoLength);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameError, Frames};

    async fn read(input: &[u8]) -> (Vec<String>, Option<FrameError>) {
        let mut frames = Frames::new(input);
        let mut bodies = Vec::new();
        loop {
            match frames.next().await {
                Ok(Some(body)) => bodies.push(String::from_utf8_lossy(body).into_owned()),
                Ok(None) => return (bodies, None),
                Err(error) => return (bodies, Some(error)),
            }
        }
    }

    #[tokio::test]
    async fn accepts_any_case_any_headers_and_lone_newlines() {
        let input = b"content-length: 2\r\nContent-Type: x; charset=utf-8\r\nX-More: 1\r\n\r\n{}\
                      \r\nContent-Length:0\n\nCONTENT-LENGTH: 2\n\n[]";
        let (bodies, error) = read(input).await;
        assert_eq!(bodies, ["{}", "[]"]);
        assert!(error.is_none(), "{error:?}");
    }

    #[tokio::test]
    async fn refuses_lengths_that_are_none() {
        for length in ["-5", "abc", "", "+2", "1e3", "99999999999999999999999999"] {
            let input = format!("Content-Length: {length}\r\n\r\n{{}}");
            let (bodies, error) = read(input.as_bytes()).await;
            assert!(bodies.is_empty());
            assert!(matches!(error, Some(FrameError::NoLength)), "{length}: {error:?}");
        }
        let (_, error) = read(b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}").await;
        assert!(matches!(error, Some(FrameError::NoLength)));
    }

    #[tokio::test]
    async fn refuses_too_much_before_it_is_sent() {
        let (_, error) = read(b"Content-Length: 100000000000\r\n\r\n").await;
        assert!(matches!(error, Some(FrameError::TooLong(100_000_000_000))), "{error:?}");
        let endless = vec![b'x'; 9000];
        let (_, error) = read(&endless).await;
        assert!(matches!(error, Some(FrameError::HeadersTooLong)), "{error:?}");
    }

    #[tokio::test]
    async fn tells_an_end_between_messages_from_one_inside() {
        assert!(read(b"").await.1.is_none());
        for input in ["Content-Le", "Content-Length: 2\r\n", "Content-Length: 2\r\n\r\n{"] {
            let (_, error) = read(input.as_bytes()).await;
            assert!(matches!(error, Some(FrameError::Truncated)), "{input}: {error:?}");
        }
    }
}
