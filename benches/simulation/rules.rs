//! Other policies, as plainly as they can be written, over the same world.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::{Instant, sleep, timeout};

use super::world::{End, SITES, World};

const THIRTY: Duration = Duration::from_secs(30);

/// One provider, asked up to three times with pauses of 1 and 2 s whatever went wrong (an
/// answer that is not accepted: at once).
async fn stubborn(world: &World, index: usize, question: u64) -> bool {
    for attempt in 0..3 {
        match timeout(THIRTY, world.call(index, question)).await {
            Ok((End::Good, _)) => return true,
            Ok((End::Invalid, _)) => {}
            _ if attempt < 2 => sleep(Duration::from_secs(1 << attempt)).await,
            _ => {}
        }
    }
    false
}

/// Two at once, and the first one that is *finished* decides.
pub(crate) async fn race(world: Arc<World>, question: u64) -> bool {
    let both = async {
        tokio::select! {
            first = stubborn(&world, 0, question) => first,
            second = stubborn(&world, 1, question) => second,
        }
    };
    timeout(THIRTY, both).await.unwrap_or(false)
}

/// One after the other, ten seconds each, no memory.
pub(crate) async fn fallback(world: Arc<World>, question: u64) -> bool {
    for index in 0..SITES.len() {
        let call = timeout(Duration::from_secs(10), world.call(index, question));
        if matches!(call.await, Ok((End::Good, _))) {
            return true;
        }
    }
    false
}

/// The rules of `LiteLLM`'s router (1.109) with one deployment in a group and the other
/// groups as fallbacks: two retries, backing off before the fallback; a lone deployment
/// is put aside (for 5 s) only for a refused key; 30 s for a call.
pub(crate) struct Router {
    aside: Mutex<[Option<Instant>; SITES.len()]>,
    rng: Mutex<StdRng>,
}

impl Router {
    pub(crate) fn new(seed: u64) -> Self {
        Self { aside: Mutex::default(), rng: Mutex::new(StdRng::seed_from_u64(seed)) }
    }

    pub(crate) async fn ask(&self, world: Arc<World>, question: u64) -> bool {
        for index in 0..SITES.len() {
            for attempt in 0..3 {
                if self.aside.lock().unwrap()[index].is_some_and(|until| Instant::now() < until) {
                    break;
                }
                let hint = match timeout(THIRTY, world.call(index, question)).await {
                    Ok((End::Good, _)) => return true,
                    Ok((End::Auth, _)) => {
                        let until = Instant::now() + Duration::from_secs(5);
                        self.aside.lock().unwrap()[index] = Some(until);
                        break;
                    }
                    Ok((End::Limited(rest), _)) => Some(rest),
                    _ => None,
                };
                if attempt == 2 {
                    break;
                }
                let jitter = 0.75 * self.rng.lock().unwrap().random::<f64>();
                let pause = (0.5 * f64::from(1 << attempt)).min(8.0) + jitter;
                let pause = hint.filter(|rest| *rest <= 60.0).unwrap_or(pause);
                sleep(Duration::from_secs_f64(pause)).await;
            }
        }
        false
    }
}
