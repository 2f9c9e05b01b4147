//! How answers are got and where they are kept: from resolved values to the
//! orchestrator's own types.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::{files, secrets, units};
use crate::orchestrator::{Fallback, GenerationConfig, Hedge};

/// Where answers are kept between questions.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum CachePlace {
    /// In this process.
    #[default]
    Memory,
    /// In this folder, shared with every other process of the user.
    Disk(PathBuf),
    /// In a Redis server, under an address that may hold a password.
    Redis(String),
}

impl fmt::Debug for CachePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("Memory"),
            Self::Disk(folder) => f.debug_tuple("Disk").field(folder).finish(),
            Self::Redis(url) => {
                let shown = secrets::masked(&Value::from(url.as_str()));
                f.debug_tuple("Redis").field(&shown.as_str().unwrap_or_default()).finish()
            }
        }
    }
}

/// The choices about how answers are got; `value` gives a setting by its name.
pub(super) fn generation<'a>(value: impl Fn(&str) -> &'a Value) -> GenerationConfig {
    let known = GenerationConfig::default();
    let span =
        |key: &str, known: Duration| value(key).as_str().and_then(units::duration).unwrap_or(known);
    let count = |key: &str| value(key).as_u64();
    GenerationConfig {
        max_retries: count("orchestrator.max-retries")
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(known.max_retries),
        timeout: span("orchestrator.timeout", known.timeout),
        bulk_timeout: span("orchestrator.bulk-timeout", known.bulk_timeout),
        parallel_attempts: count("orchestrator.parallel-attempts")
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(known.parallel_attempts),
        hedge: match value("orchestrator.hedge").as_str() {
            Some("off") => Hedge::Off,
            Some("race") => Hedge::Race,
            _ => Hedge::Adaptive,
        },
        fallback: match value("fallback").as_str() {
            Some("none") => Fallback::None,
            _ => Fallback::Offline,
        },
        cache_ttl: span("orchestrator.cache-ttl", known.cache_ttl),
        // "none" is no number.
        daily_budget_usd: value("orchestrator.daily-budget-usd").as_f64(),
        run_budget_usd: value("orchestrator.run-budget-usd").as_f64(),
        tuning: known.tuning,
    }
}

/// Where answers are kept.
///
/// # Errors
///
/// When no folder is known in which they could be.
pub(super) fn cache(value: &Value, env: &HashMap<String, String>) -> Result<CachePlace, String> {
    match value.as_str() {
        Some("disk") => match folder(env) {
            Some(folder) => Ok(CachePlace::Disk(folder)),
            None => Err("`orchestrator.cache` is \"disk\", but no home folder is known".into()),
        },
        Some(url) if url.starts_with("redis://") => Ok(CachePlace::Redis(url.to_owned())),
        _ => Ok(CachePlace::Memory),
    }
}

/// `docstring-ls` in the folder that the platform has for caches (`$XDG_CACHE_HOME`,
/// `~/.cache`, `%LOCALAPPDATA%`).
fn folder(env: &HashMap<String, String>) -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let named = env.get("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = if cfg!(windows) {
        None
    } else {
        named.or_else(|| files::home(env).map(|home| home.join(".cache")))
    };
    let folder = folder.or_else(|| Some(etcetera::choose_base_strategy().ok()?.cache_dir()))?;
    Some(folder.join("docstring-ls"))
}
