//! Answers that cost nothing: the embedded provider's, or what was kept of another's.

use std::future::Future;
use std::time::Duration;

use futures_util::FutureExt;

use super::session::Ready;
use crate::docstring::Symbol;
use crate::generate::{Generated, Options, Updated, symbol_kept, symbol_now, update};
use crate::orchestrator::{CacheUse, Choice};
use crate::provider::ProviderId;

/// How long a cache may take while somebody waits for something else.
const PATIENCE: Duration = Duration::from_millis(30);

/// Whether whoever the user chose answers at once and at no cost.
pub(crate) fn is_free(ready: &Ready) -> bool {
    ready.orchestrator.is_immediate(&ready.options.choice)
}

/// The same choices with the embedded provider, which costs nothing to ask.
fn embedded(options: &Options) -> Options {
    Options { choice: Choice::Preferred(ProviderId::offline()), ..options.clone() }
}

/// What a cache nearby has. For a thread that may block.
fn soon<T>(looked_up: impl Future<Output = Option<T>>) -> Option<T> {
    let runtime = tokio::runtime::Handle::try_current().ok()?;
    runtime.block_on(async { tokio::time::timeout(PATIENCE, looked_up).await }).ok()?
}

/// What a remote provider wrote before, if it is kept nearby. For a thread that may block.
pub(crate) fn kept(ready: &Ready, symbol: &Symbol) -> Option<Generated> {
    let Ready { source, options, orchestrator, .. } = ready;
    if is_free(ready) {
        return None;
    }
    soon(symbol_kept(source, symbol.clone(), options, orchestrator))
}

/// The docstring of a symbol that has none: kept words, else the embedded provider's.
pub(crate) fn generated(ready: &Ready, symbol: &Symbol) -> Option<Generated> {
    let Ready { source, options, orchestrator, .. } = ready;
    kept(ready, symbol)
        .or_else(|| symbol_now(source, symbol.clone(), &embedded(options), orchestrator)?.ok())
}

/// The docstring of a symbol with what is wrong in it mended, as far as that needs no
/// words that a remote provider would have to write now.
pub(crate) fn updated(ready: &Ready, symbol: &Symbol) -> Option<Updated> {
    let Ready { source, options, orchestrator, .. } = ready;
    if is_free(ready) {
        return update(source, symbol.clone(), options, orchestrator).now_or_never()?.ok();
    }
    let options = Options { cache: CacheUse::Only, ..options.clone() };
    soon(async { update(source, symbol.clone(), &options, orchestrator).await.ok() })
}

/// The same with the embedded provider's words where no others are kept.
pub(crate) fn updated_anyhow(ready: &Ready, symbol: &Symbol) -> Option<Updated> {
    let Ready { source, options, orchestrator, .. } = ready;
    updated(ready, symbol).or_else(|| {
        update(source, symbol.clone(), &embedded(options), orchestrator).now_or_never()?.ok()
    })
}
