//! The connection to the server: made when it is needed, shared by all calls, given up
//! when the server does not answer in time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ErrorKind, FromRedisValue,
    IntoConnectionInfo, Pipeline, RedisError, RedisResult,
};
use tokio::time::timeout;

use super::super::StorageError;
use super::super::pause::Pause;

/// How long a server is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// To connect, greeting included.
    pub(super) connect: Duration,
    /// To read: somebody waits for it.
    pub(super) read: Duration,
    /// To write: nobody waits.
    pub(super) write: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(500),
            read: Duration::from_millis(250),
            write: Duration::from_secs(1),
        }
    }
}

/// What is sent.
#[derive(Clone, Copy)]
pub(super) enum Commands<'a> {
    One(&'a Cmd),
    /// At once, one after the other.
    Many(&'a Pipeline),
}

impl Commands<'_> {
    async fn send<T: FromRedisValue>(self, mut to: MultiplexedConnection) -> RedisResult<T> {
        match self {
            Self::One(command) => command.query_async(&mut to).await,
            Self::Many(commands) => commands.query_async(&mut to).await,
        }
    }
}

/// Numbers the connections of this process.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A connection, and its number among those that were made.
type Made = (u64, MultiplexedConnection);

pub(super) struct Link {
    client: Client,
    /// Host and port, for messages.
    address: String,
    made: Mutex<Option<Made>>,
    /// Held while a connection is made: one is enough for all.
    making: tokio::sync::Mutex<()>,
    pause: Mutex<Pause>,
    pub(super) limits: Limits,
}

impl Link {
    pub(super) fn new(url: &str) -> Result<Self, StorageError> {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        match scheme.to_ascii_lowercase().as_str() {
            "redis" => {}
            "rediss" | "valkeys" => {
                return Err(sentence(
                    "`rediss://` is not supported, because no TLS for Redis is built in; use \
                     `redis://` within a network that you trust, or a tunnel",
                ));
            }
            _ => return Err(sentence("its address must be `redis://host:port/database`")),
        }
        let unusable =
            || sentence("its address cannot be read; it must be `redis://host:port/database`");
        let info = url.into_connection_info().map_err(|_| unusable())?;
        let address = match info.addr() {
            ConnectionAddr::Tcp(host, port) => format!("{host}:{port}"),
            _ => return Err(unusable()),
        };
        let client = Client::open(info).map_err(|_| unusable())?;
        Ok(Self {
            client,
            address,
            made: Mutex::default(),
            making: tokio::sync::Mutex::default(),
            pause: Mutex::default(),
            limits: Limits::default(),
        })
    }

    /// Host and port.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Sends commands, and waits for what is said to them within `limit`. The outer error
    /// says that there is no server, the inner one is the server's.
    ///
    /// A server closes what was idle for long; then they are sent once more, which must
    /// not matter.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        limit: Duration,
        commands: Commands<'_>,
    ) -> Result<RedisResult<T>, StorageError> {
        let mut was_idle = self.made().is_some();
        loop {
            let (number, connection) = self.connection().await?;
            match timeout(limit, commands.send(connection)).await {
                Ok(Err(error)) if is_broken(&error) => {
                    self.close(number);
                    if !std::mem::take(&mut was_idle) {
                        self.pause(Pause::fail);
                        return Err(fault(&error));
                    }
                }
                Ok(done) => {
                    self.pause(Pause::succeed);
                    return Ok(done);
                }
                Err(_) => {
                    self.close(number);
                    self.pause(Pause::fail);
                    return Err(sentence("it does not answer in time"));
                }
            }
        }
    }

    fn made(&self) -> MutexGuard<'_, Option<Made>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pause<T>(&self, with: impl FnOnce(&mut Pause) -> T) -> T {
        with(&mut self.pause.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn connection(&self) -> Result<Made, StorageError> {
        if let Some(made) = self.made().clone() {
            return Ok(made);
        }
        let _making = self.making.lock().await;
        // Whoever waited finds out how it went.
        if let Some(made) = self.made().clone() {
            return Ok(made);
        }
        if self.pause(|pause| pause.left()).is_some() {
            return Err(sentence("it did not answer a moment ago"));
        }
        // Times are limited here and in `run`, not twice.
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let connected = timeout(self.limits.connect, connecting).await;
        match connected {
            Ok(Ok(connection)) => {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                Ok(self.made().insert((number, connection)).clone())
            }
            Ok(Err(error)) => {
                self.pause(Pause::fail);
                Err(fault(&error))
            }
            Err(_) => {
                self.pause(Pause::fail);
                Err(sentence("no connection is made in time"))
            }
        }
    }

    /// Closes a connection, unless there is a newer one already.
    fn close(&self, number: u64) {
        let mut made = self.made();
        if made.as_ref().is_some_and(|(current, _)| *current == number) {
            *made = None;
        }
    }
}

fn is_broken(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_connection_dropped()
        || error.is_timeout()
        || error.is_unrecoverable_error()
        || error.kind() == ErrorKind::Parse
}

fn sentence(what: &str) -> StorageError {
    StorageError(format!("the answer cache on Redis cannot be used: {what}"))
}

/// What is wrong, in our words: those of the server or of the client could repeat what
/// was sent.
pub(super) fn fault(error: &RedisError) -> StorageError {
    match error.kind() {
        ErrorKind::AuthenticationFailed => sentence("it refuses the user or the password"),
        ErrorKind::Io if error.is_connection_refusal() => {
            sentence("nothing listens at its address")
        }
        ErrorKind::Io => sentence("the connection failed"),
        _ => match error.code() {
            Some("NOAUTH" | "WRONGPASS") => sentence("it refuses the user or the password"),
            Some("NOPERM") => sentence("the user may not do this there"),
            Some("OOM") => sentence("it has no memory left"),
            Some("READONLY") => sentence("it is a replica, which cannot be written"),
            Some("LOADING" | "BUSY" | "TRYAGAIN") => sentence("it is busy"),
            _ => sentence("it does not understand what is asked"),
        },
    }
}
