//! Addresses of providers and caches. Stricter than a browser: what is unusual in an
//! address is more often an attack or a mistake than a wish.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The parts of an address that decide whether a key may go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// Whether what is sent is encrypted.
    pub(super) is_encrypted: bool,
    /// The host, IPv6 in brackets.
    pub(super) host: &'a str,
}

impl Address<'_> {
    /// Whether it is this machine. Only the plain ways to write that count.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        let v6 = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || v6.and_then(|ip| ip.parse::<Ipv6Addr>().ok()).is_some_and(|ip| ip.is_loopback())
    }
}

/// Reads a base URL: `http` or `https`, a host, perhaps a port and a path, nothing else.
pub(super) fn parse(url: &str) -> Option<Address<'_>> {
    let (scheme, rest) = url.split_once("://")?;
    let is_encrypted = match scheme {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
    let host = host_of(authority)?;
    path.bytes().all(is_path).then_some(Address { is_encrypted, host })
}

/// The host of `host:port`; `None` for what is neither.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.find(']') {
        Some(end) => authority.split_at_checked(end + 1)?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|number| {
            number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u16>().is_ok()
        });
    let is_host = if let Some(ip) = host.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')) {
        ip.parse::<Ipv6Addr>().is_ok()
    } else {
        let is_letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        host.len() <= 253
            && host.bytes().all(is_letter)
            && host.starts_with(|first: char| first.is_ascii_alphanumeric())
    };
    (is_port && is_host).then_some(host)
}

/// Whether this is `redis://[user:password@]host[:port][/database]`.
pub(super) fn is_redis(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("redis://") else { return false };
    if rest.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return false;
    }
    let (before, database) = rest.split_once('/').unwrap_or((rest, ""));
    let authority = before.rsplit_once('@').map_or(before, |(_, authority)| authority);
    host_of(authority).is_some()
        && database.len() <= 5
        && database.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Address, is_redis, parse};

    #[test]
    fn a_base_url_is_a_scheme_a_host_and_a_path() {
        let host = |url| parse(url).map(|Address { host, .. }| host);
        assert_eq!(host("https://api.anthropic.com"), Some("api.anthropic.com"));
        assert_eq!(host("http://127.0.0.1:8080/v1"), Some("127.0.0.1"));
        assert_eq!(host("http://[::1]:8080/"), Some("[::1]"));
        assert_eq!(host("http://cellar:11434"), Some("cellar"));
        for wrong in [
            "",
            "api.anthropic.com",
            "ftp://a",
            "file:///etc/passwd",
            "https://",
            "https:///v1",
            "https://user:secret@a",
            "https://a?key=b",
            "https://a/v1#b",
            "https://a/\\b",
            "https://a:99999",
            "https://a:",
            "https://[::1",
            "https://a b",
            "http://a\n.b",
            "https://é",
            "http://127.0.0.1\\@evil.example",
            "HTTP://a",
            "https://-a",
        ] {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let is_loopback = |url| parse(url).unwrap().is_loopback();
        for yes in
            ["http://localhost", "http://LOCALHOST:1", "http://127.8.0.1", "http://[::1]:1/v1"]
        {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in [
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://10.0.0.1",
            "http://127.1",
            "http://0x7f.0.0.1",
            "http://[::2]",
            "http://2130706433",
            "http://0.0.0.0",
        ] {
            assert!(!is_loopback(no), "{no}");
        }
    }

    #[test]
    fn a_redis_address_may_carry_a_password() {
        for yes in ["redis://h", "redis://h:6379/0", "redis://:pa@ss@h:1/2", "redis://u:p@[::1]/1"]
        {
            assert!(is_redis(yes), "{yes}");
        }
        for no in
            ["redis://", "rediss://h", "redis://h/x", "redis://h:x", "redis://u:p@", "http://h"]
        {
            assert!(!is_redis(no), "{no}");
        }
    }
}
