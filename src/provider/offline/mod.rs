//! The embedded provider: words from the syntax tree alone.

use futures_util::future::BoxFuture;

use super::{Capabilities, Completion, CompletionRequest, Provider, ProviderError, ProviderId};

/// The embedded provider.
pub struct Offline {
    id: ProviderId,
    capabilities: Capabilities,
}

impl Default for Offline {
    fn default() -> Self {
        Self { id: ProviderId::offline(), capabilities: Capabilities { is_immediate: true } }
    }
}

impl Provider for Offline {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn complete<'a>(
        &'a self,
        _request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        todo!()
    }
}
