//! Which provider can do which style: decided once for a configuration, from what the
//! providers can do and what the styles need.

use std::collections::BTreeMap;

use super::StyleNeeds;
use crate::provider::{Capabilities, CompletionRequest, Provider, ProviderId, Structured};

/// Tokens of a short question: the rules, the examples and a small function.
const QUESTION: u32 = 1_500;

/// Provider by style: `None` when they fit, else the reason why not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix(BTreeMap<ProviderId, BTreeMap<&'static str, Option<String>>>);

impl Matrix {
    pub(crate) fn new<'a>(
        providers: impl Iterator<Item = &'a dyn Provider>,
        styles: &[StyleNeeds],
    ) -> Self {
        let row = |provider: &dyn Provider| {
            let capabilities = provider.capabilities();
            let cells = styles.iter().map(|style| (style.id, obstacle(capabilities, *style)));
            (provider.id().clone(), cells.collect())
        };
        Self(providers.map(row).collect())
    }

    /// Why the provider cannot do the style; `None` when it can, or nothing is known of
    /// the style.
    pub fn obstacle(&self, provider: &ProviderId, style: &str) -> Option<&str> {
        self.0.get(provider)?.get(style)?.as_deref()
    }

    /// Every provider with every style.
    pub fn rows(
        &self,
    ) -> impl Iterator<Item = (&ProviderId, impl Iterator<Item = (&'static str, Option<&str>)>)>
    {
        self.0.iter().map(|(provider, styles)| {
            (provider, styles.iter().map(|(style, obstacle)| (*style, obstacle.as_deref())))
        })
    }
}

fn obstacle(capabilities: &Capabilities, style: StyleNeeds) -> Option<String> {
    if style.json && capabilities.structured == Structured::None {
        return Some("it does not answer in JSON, and this style has sections".to_owned());
    }
    if style.output > capabilities.max_output {
        return Some(format!(
            "it writes at most {} tokens, and this style needs {}",
            capabilities.max_output, style.output
        ));
    }
    let needed = QUESTION + style.output;
    (needed > capabilities.context).then(|| {
        format!("it reads at most {} tokens, and this style needs {needed}", capabilities.context)
    })
}

/// Whether a question and its answer fit into the model.
pub(crate) fn fits(capabilities: &Capabilities, request: &CompletionRequest) -> bool {
    request.prompt.as_ref().is_none_or(|prompt| {
        let output = request.max_output.unwrap_or(prompt.max_output);
        prompt.tokens() + u64::from(output) <= u64::from(capabilities.context)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMPY: StyleNeeds = StyleNeeds { id: "numpy", json: true, output: 600 };
    const PLAIN: StyleNeeds = StyleNeeds { id: "pep257", json: false, output: 100 };

    fn check(structured: Structured, context: u32, max_output: u32) -> [bool; 2] {
        let unknown = Capabilities::unknown("openai-chat", "m");
        let capabilities = Capabilities { context, max_output, structured, ..unknown };
        [NUMPY, PLAIN].map(|style| obstacle(&capabilities, style).is_none())
    }

    #[test]
    fn json_output_and_context_decide() {
        assert_eq!(check(Structured::Schema, 8_192, 2_048), [true, true]);
        assert_eq!(check(Structured::None, 8_192, 2_048), [false, true]);
        assert_eq!(check(Structured::Prompted, 8_192, 256), [false, true]);
        assert_eq!(check(Structured::Object, 2_048, 2_048), [false, true]);
        assert_eq!(check(Structured::Object, 1_024, 2_048), [false, false]);
    }
}
