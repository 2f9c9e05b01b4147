//! Time and chance, as everything in this layer sees them: replaced in tests and in
//! the simulation, so that both are repeatable.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use futures_util::future::BoxFuture;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Beta, Distribution};
use tokio::time::Instant;

/// What the time is, and waiting.
pub trait Clock: Send + Sync {
    /// A moment that never goes back.
    fn now(&self) -> Instant;

    /// The date, for what outlives the process.
    fn wall(&self) -> SystemTime;

    /// Waits until `moment`.
    fn sleep_until(&self, moment: Instant) -> BoxFuture<'static, ()>;
}

/// The clock of the runtime.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep_until(&self, moment: Instant) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until(moment))
    }
}

/// Chance.
pub trait Random: Send + Sync {
    /// Evenly from 0 to 1.
    fn unit(&self) -> f64;

    /// From a Beta distribution.
    fn beta(&self, a: f64, b: f64) -> f64;
}

/// A generator that says the same for the same seed.
pub struct Seeded(Mutex<StdRng>);

impl Seeded {
    /// A generator of this seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// A generator that no other process has.
    pub fn of_the_system() -> Self {
        Self(Mutex::new(
            StdRng::try_from_rng(&mut rand::rngs::SysRng)
                .unwrap_or_else(|_| StdRng::seed_from_u64(u64::from(std::process::id()))),
        ))
    }
}

impl Random for Seeded {
    fn unit(&self) -> f64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).random()
    }

    fn beta(&self, a: f64, b: f64) -> f64 {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Beta::new(a, b).map_or_else(|_| a / (a + b), |beta| beta.sample(&mut *rng))
    }
}
