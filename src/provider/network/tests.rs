//! The network against a server in the test, with limits of milliseconds.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use futures_util::StreamExt;

use super::*;

/// A server that serves one connection after the other; what it tells comes through the
/// channel, and so does the end of the test to it.
struct Server {
    address: SocketAddr,
    /// The requests, head and body.
    requests: Receiver<String>,
    /// Dropped at the end of the test.
    _alive: Sender<()>,
}

/// What a script needs.
struct Side {
    requests: Sender<String>,
    /// Ends when the test does.
    end: Receiver<()>,
}

impl Side {
    /// Reads one request.
    fn read(&self, stream: &mut TcpStream) {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&request);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let lines = head.lines().filter_map(|line| line.split_once(": "));
                let mut lengths = lines.filter(|(name, _)| *name == "content-length");
                let length = lengths.next().map_or(0, |(_, value)| value.parse().unwrap());
                if body.len() >= length {
                    // Nobody listens at the end of the test.
                    let _ = self.requests.send(text.into_owned());
                    return;
                }
            }
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(read) => request.extend_from_slice(&buffer[..read]),
            }
        }
    }

    /// Reads one request and answers it.
    fn answer(&self, stream: &mut TcpStream, response: &[u8]) {
        self.read(stream);
        // A client that has seen enough closes the connection.
        let _ = stream.write_all(response);
    }

    /// Waits for the end of the test.
    fn hold(&self) {
        let _ = self.end.recv();
    }
}

/// Serves each connection by the next script.
fn serve(scripts: Vec<fn(&Side, &mut TcpStream)>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, requests) = channel();
    let (alive, end) = channel();
    let side = Side { requests: sender, end };
    thread::spawn(move || {
        for script in scripts {
            let Ok((mut stream, _)) = listener.accept() else { return };
            script(&side, &mut stream);
        }
    });
    Server { address, requests, _alive: alive }
}

fn bounds() -> Bounds {
    let long = Duration::from_secs(20);
    Bounds { connect: long, first_byte: long, idle: long, total: long, bytes: 100_000 }
}

fn request(address: SocketAddr) -> HttpRequest {
    HttpRequest {
        url: format!("http://{address}/v1/chat"),
        headers: vec![("x-more".to_owned(), "yes".to_owned())],
        secret: Some(("authorization", "Bearer sk-CANARY".into())),
        body: Some(b"{}".to_vec()),
        is_large: false,
    }
}

/// The status and the pieces of an answer, until it ends or fails.
async fn exchange(
    network: &Network,
    request: HttpRequest,
) -> Result<(u16, String, Option<TransportError>), TransportError> {
    let mut response = network.send(request).await?;
    let mut body = String::new();
    while let Some(piece) = response.body.next().await {
        match piece {
            Ok(piece) => body.push_str(&String::from_utf8_lossy(&piece)),
            Err(error) => {
                assert!(response.body.next().await.is_none(), "goes on after {error}");
                return Ok((response.status, body, Some(error)));
            }
        }
    }
    Ok((response.status, body, None))
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).enable_all().build().unwrap().block_on(future)
}

/// One exchange with a server of one connection.
fn once(
    bounds: Bounds,
    script: fn(&Side, &mut TcpStream),
) -> Result<(u16, String, Option<TransportError>), TransportError> {
    let server = serve(vec![script]);
    run(exchange(&Network::bounded(None, bounds), request(server.address)))
}

#[test]
fn a_request_arrives_as_it_was_made() {
    let server = serve(vec![|side, stream| {
        side.answer(stream, b"HTTP/1.1 200 OK\r\nX-Thing: A\r\ncontent-length: 2\r\n\r\nok");
    }]);
    let network = Network::bounded(None, bounds());
    let headers = run(async {
        let mut response = network.send(request(server.address)).await.unwrap();
        assert_eq!(response.body.next().await, Some(Ok(b"ok".to_vec())));
        assert_eq!(response.body.next().await, None);
        response.headers
    });
    assert!(headers.contains(&("x-thing".to_owned(), "A".to_owned())), "{headers:?}");
    let sent = server.requests.recv().unwrap();
    assert!(sent.starts_with("POST /v1/chat HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with("\r\n\r\n{}"), "{sent}");
    let agent = concat!("user-agent: docstring-ls/", env!("CARGO_PKG_VERSION"), "\r\n");
    for line in [agent, "x-more: yes\r\n", "authorization: Bearer sk-CANARY\r\n"] {
        assert!(sent.contains(line), "{line} is not in {sent}");
    }
}

#[test]
fn a_request_without_a_body_is_a_get() {
    let server = serve(vec![|side, stream| {
        side.answer(stream, b"HTTP/1.1 204 No Content\r\n\r\n");
    }]);
    let request = HttpRequest { body: None, ..request(server.address) };
    let answer = run(exchange(&Network::bounded(None, bounds()), request));
    assert_eq!(answer, Ok((204, String::new(), None)));
    assert!(server.requests.recv().unwrap().starts_with("GET /v1/chat "));
}

#[test]
fn a_server_that_says_nothing_is_left() {
    let short = Bounds { first_byte: Duration::from_millis(30), ..bounds() };
    let silent = once(short, |side, stream| {
        side.read(stream);
        side.hold();
    });
    assert_eq!(silent, Err(TransportError::Idle));
}

#[test]
fn a_body_that_stops_is_left() {
    let short = Bounds { idle: Duration::from_millis(30), ..bounds() };
    let stalled = once(short, |side, stream| {
        side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc");
        side.hold();
    });
    assert_eq!(stalled, Ok((200, "abc".to_owned(), Some(TransportError::Idle))));
}

#[test]
fn a_body_that_begins_late_is_waited_for_as_long_as_the_head() {
    let late = |bounds| {
        once(bounds, |side, stream| {
            side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n");
            // Longer than a pause between pieces; the end of the test cuts it short.
            let _ = side.end.recv_timeout(Duration::from_millis(60));
            let _ = stream.write_all(b"abc");
            side.hold();
        })
    };
    let short = Bounds { idle: Duration::from_millis(10), ..bounds() };
    assert_eq!(late(short), Ok((200, "abc".to_owned(), None)));
    let shorter = Bounds { first_byte: Duration::from_millis(30), ..short };
    assert_eq!(late(shorter), Ok((200, String::new(), Some(TransportError::Idle))));
}

#[test]
fn a_body_that_drips_is_left() {
    let short = Bounds { total: Duration::from_millis(50), ..bounds() };
    let dripping = once(short, |side, stream| {
        side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n");
        while stream.write_all(b":\n").is_ok()
            && side
                .end
                .recv_timeout(Duration::from_millis(2))
                .is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout)
        {}
    });
    let (status, body, error) = dripping.unwrap();
    assert_eq!((status, error), (200, Some(TransportError::Idle)));
    assert!(body.starts_with(":\n"), "{body}");
}

#[test]
fn a_body_without_end_is_cut_off() {
    let endless = once(bounds(), |side, stream| {
        side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n");
        while stream.write_all(&[b'x'; 1000]).is_ok() {}
    });
    let (_, body, error) = endless.unwrap();
    assert_eq!(error, Some(TransportError::TooLarge));
    assert!(body.len() <= 100_000);
}

#[test]
fn the_limit_counts_what_is_unpacked() {
    let script = |side: &Side, stream: &mut TcpStream| {
        let packed = packed();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            packed.len()
        );
        side.answer(stream, &[head.as_bytes(), &packed].concat());
    };
    let (_, body, error) = once(bounds(), script).unwrap();
    assert_eq!((body.len(), error), (100_000, None));
    let (_, body, error) = once(Bounds { bytes: 99_999, ..bounds() }, script).unwrap();
    assert_eq!(error, Some(TransportError::TooLarge));
    assert!(body.len() < 100_000);
}

/// 100,000 letters, packed with gzip into 132 bytes.
fn packed() -> Vec<u8> {
    let digits = PACKED.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

const PACKED: &str = "\
    1f8b0800000000000203edc13101000000c2a0da8b6f0d0fa000000000000000000000000000000000000000\
    0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
    000000000000000000000000000000000000000000000000000000000000000000805703711107fea0860100";

#[test]
fn a_connection_that_was_closed_in_the_pool_is_replaced_once() {
    let server = serve(vec![
        |side, stream| {
            side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none");
            // Kept alive, and closed when it is used again.
            side.read(stream);
        },
        |side, stream| {
            side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\ntwo");
        },
    ]);
    let network = Network::bounded(None, bounds());
    run(async {
        for expected in ["one", "two"] {
            let answer = exchange(&network, request(server.address)).await;
            assert_eq!(answer, Ok((200, expected.to_owned(), None)));
        }
    });
    assert_eq!(server.requests.iter().take(3).count(), 3);
}

#[test]
fn a_new_connection_that_is_closed_is_not_replaced() {
    let server = serve(vec![|side, stream| side.read(stream), |side, stream| {
        side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }]);
    let network = Network::bounded(None, bounds());
    let answer = run(exchange(&network, request(server.address)));
    assert_eq!(answer, Err(TransportError::Broken));
}

#[test]
fn a_body_that_breaks_off_says_so() {
    let broken = once(bounds(), |side, stream| {
        side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc");
    });
    assert_eq!(broken, Ok((200, "abc".to_owned(), Some(TransportError::Broken))));
}

#[test]
fn what_is_not_http_is_broken() {
    let odd = once(bounds(), |side, stream| side.answer(stream, b"220 smtp.example ESMTP\r\n"));
    assert_eq!(odd, Err(TransportError::Broken));
}

#[test]
fn a_redirect_is_an_answer_like_any_other() {
    let moved = once(bounds(), |side, stream| {
        side.answer(
            stream,
            b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n",
        );
        // A second request on this connection would be read here.
        side.read(stream);
    });
    assert_eq!(moved, Ok((307, String::new(), None)));
}

#[test]
fn dropping_the_answer_closes_the_connection() {
    let server = serve(vec![|side, stream| {
        side.answer(stream, b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n:\n");
        let closed = matches!(stream.read(&mut [0; 8]), Ok(0) | Err(_));
        let _ = side.requests.send(format!("closed: {closed}"));
    }]);
    let network = Network::bounded(None, bounds());
    run(async {
        let mut response = network.send(request(server.address)).await.unwrap();
        assert_eq!(response.body.next().await, Some(Ok(b":\n".to_vec())));
        drop(response);
        server.requests.recv().unwrap();
        assert_eq!(server.requests.recv().unwrap(), "closed: true");
    });
}

#[test]
fn what_cannot_be_reached_or_used_is_told_apart() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let send = |network: Network, request| run(network.send(request)).err();
    let network = || Network::bounded(None, bounds());
    assert_eq!(send(network(), request(nobody)), Some(TransportError::Connect));
    for url in ["", "nowhere", "http://", "/v1"] {
        let request = HttpRequest { url: url.to_owned(), ..request(nobody) };
        assert_eq!(send(network(), request), Some(TransportError::Address), "{url}");
    }
    let header = ("x".to_owned(), "a\r\nb: c".to_owned());
    let request = || HttpRequest { headers: vec![header.clone()], ..request(nobody) };
    assert_eq!(send(network(), request()), Some(TransportError::Address));
    for file in ["no/such/file.pem", "Cargo.toml"] {
        let bundle = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
        let network = Network::bounded(Some(bundle), bounds());
        assert_eq!(send(network, request()), Some(TransportError::CaBundle), "{file}");
    }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

/// A server that speaks TLS with a certificate of an authority that nobody knows.
fn serve_tls(connections: usize) -> SocketAddr {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let chain = vec![CertificateDer::from_pem_file(file("certificate.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for _ in 0..connections {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::Stream::new(&mut session, &mut stream);
            // A client that does not trust us ends the handshake, and this with it.
            if tls.read(&mut [0; 4096]).is_ok() {
                tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
            }
        }
    });
    address
}

#[test]
fn a_certificate_is_trusted_only_if_its_authority_is() {
    let send = |bundle: Option<PathBuf>, host: &str| {
        let address = serve_tls(1);
        let url = format!("https://{host}:{}/", address.port());
        let request = HttpRequest { url, ..request(address) };
        run(exchange(&Network::bounded(bundle, bounds()), request))
    };
    assert_eq!(send(None, "127.0.0.1"), Err(TransportError::Certificate));
    let authority = || Some(file("authority.pem"));
    assert_eq!(send(authority(), "127.0.0.1"), Ok((200, "ok".to_owned(), None)));
}

#[test]
fn this_machine_needs_no_proxy() {
    let local = |url: &str| is_local(&Url::parse(url).unwrap());
    for url in
        ["http://localhost:1", "http://127.0.0.1", "http://[::1]:8080/v1", "http://127.8.8.8"]
    {
        assert!(local(url), "{url}");
    }
    for url in ["http://localhost.example", "https://api.example", "http://192.168.0.1"] {
        assert!(!local(url), "{url}");
    }
}
