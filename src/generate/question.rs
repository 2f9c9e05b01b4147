//! From a symbol to a question: the facts alone for the embedded provider, with a
//! rendered prompt for each remote one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Failure;
use super::options::Options;
use super::prompt::{
    Around, Asked, BULK, BULK_WAIT, File, INTERACTIVE, INTERACTIVE_WAIT, Params, Rendered,
};
use crate::docstring::Symbol;
use crate::orchestrator::{Ask, Orchestrator, Priority, StyleNeeds, aside};
use crate::provider::{Capabilities, CompletionRequest, Prompt, Provider, ProviderId, Usage};
use crate::style::STYLES;
use crate::syntax::Source;

/// Tokens that the system text and the templates take, besides the budget.
const FRAME: u32 = 1_500;
/// Tokens for a small model: more only distracts it, and on one's own machine each is
/// waited for.
const SMALL: u32 = 700;
/// Bytes that prompts must share for a provider to keep them: about 1,024 tokens, the
/// least of Anthropic's and `OpenAI`'s limits.
const SHARED: usize = 3_400;
/// The smallest budget that a prompt is rendered for.
const LEAST: u32 = 400;

/// What each style asks of a provider: sections want JSON, and room.
pub fn style_needs() -> Vec<StyleNeeds> {
    let needs = |id| match id {
        // One paragraph: plain words will do.
        "pep257" => StyleNeeds { id, json: false, output: 200 },
        // NumPy's layout has the most words, but they are laid out here: what a
        // provider writes is the same content for every style.
        _ => StyleNeeds { id, json: true, output: 600 },
    };
    STYLES.iter().map(|style| needs(style.id())).collect()
}

/// A prompt as one provider would get it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Who would get it.
    pub provider: ProviderId,
    /// What it can do, and what it costs.
    pub capabilities: Capabilities,
    /// What would be sent.
    pub rendered: Rendered,
}

impl Shown {
    /// US dollars, with an answer as long as it may be; `None` without known prices.
    pub fn dearest_usd(&self) -> Option<f64> {
        let prompt = &self.rendered.prompt;
        let output = u64::from(prompt.max_output);
        let usage = Usage { input: self.rendered.tokens, cached_input: 0, output };
        self.capabilities.prices.map(|prices| prices.cost(usage))
    }

    /// For people and programs: to whom, how much, and every word.
    pub fn to_json(&self) -> Value {
        let Prompt { system, context, user, schema, max_output } = &self.rendered.prompt;
        json!({
            "provider": &*self.provider.0,
            "dialect": self.capabilities.dialect,
            "model": &*self.capabilities.model,
            "inputTokens": self.rendered.tokens,
            "maxOutputTokens": max_output,
            "maxCostUsd": self.dearest_usd(),
            "redacted": self.rendered.redacted,
            "leftOut": self.rendered.dropped,
            "system": system,
            "context": context,
            "user": user,
            "schema": schema,
        })
    }
}

/// Makes the questions about the symbols of one file.
pub(super) struct Questions<'a> {
    source: &'a Source,
    options: &'a Options,
    orchestrator: &'a Orchestrator,
    /// What the prompts of the file share; `None` when no prompt is needed.
    file: Option<File<'a>>,
    priority: Priority,
}

impl<'a> Questions<'a> {
    pub(super) fn new(
        source: &'a Source,
        options: &'a Options,
        orchestrator: &'a Orchestrator,
        priority: Priority,
    ) -> Self {
        let is_prompted = !orchestrator.is_immediate(&options.choice);
        let file = is_prompted.then(|| File::new(source, options.style));
        Self { source, options, orchestrator, file, priority }
    }

    /// Whether the answers are there at once.
    pub(super) fn is_immediate(&self) -> bool {
        self.file.is_none()
    }

    /// Whether one answer should be awaited before the others are asked for: a provider
    /// reads a long beginning that prompts share from its cache, at a fraction of the
    /// price, once it has answered the first of them. Without a price it is not worth the
    /// time.
    pub(super) fn is_worth_warming(&self, first: &Symbol) -> bool {
        let Some(file) = &self.file else { return false };
        let is_cheaper = |provider: &&Arc<dyn Provider>| {
            let prices = provider.capabilities().prices;
            prices.is_some_and(|prices| prices.cached_input < prices.input)
        };
        self.remote().find(is_cheaper).is_some_and(|provider| {
            let capabilities = provider.capabilities();
            let budget = self.budget(capabilities);
            let asked = Asked { symbol: first, missing: None, around: &Around::default() };
            let rendered = self.render(file, asked, Params::of(capabilities), budget);
            rendered.is_ok_and(|rendered| {
                let Prompt { system, context, .. } = &rendered.prompt;
                system.len() + context.len() >= SHARED
            })
        })
    }

    /// The question about a symbol.
    pub(super) async fn about(&self, symbol: &Arc<Symbol>) -> Result<Ask, Failure> {
        let around = self.around(symbol).await;
        self.asking(symbol, None, &around)
    }

    /// What stands around a symbol in other files. Nobody waits for files who asks the
    /// embedded provider; whoever stops waiting stops the reading.
    async fn around(&self, symbol: &Arc<Symbol>) -> Around {
        let Some(workspace) = self.options.code.as_ref().filter(|_| self.file.is_some()) else {
            return Around::default();
        };
        let (workspace, source) = (Arc::clone(workspace), self.source.clone());
        let (symbol, wait) = (Arc::clone(symbol), self.wait());
        let found = aside(move |stop| workspace.around(&source, &symbol, wait, stop)).await;
        found.unwrap_or_default()
    }

    /// The question about what the documentation of a symbol lacks: `missing` is the symbol
    /// as if it had nothing else.
    pub(super) async fn about_missing(
        &self,
        symbol: &Arc<Symbol>,
        missing: &Symbol,
    ) -> Result<Ask, Failure> {
        let around = self.around(symbol).await;
        self.asking(symbol, Some(missing), &around)
    }

    fn asking(
        &self,
        symbol: &Arc<Symbol>,
        missing: Option<&Symbol>,
        around: &Around,
    ) -> Result<Ask, Failure> {
        let asked = Asked { symbol, missing, around };
        let request = CompletionRequest::about(Arc::clone(symbol));
        let options = self.options;
        let mut ask = Ask::new(options.style.id(), options.choice.clone(), request);
        ask.priority = self.priority;
        ask.scope.clone_from(&options.workspace);
        ask.cache = options.cache;
        let Some(file) = &self.file else { return Ok(ask) };
        let mut by_params: BTreeMap<(Params, u32), Arc<Prompt>> = BTreeMap::new();
        let mut shortest: Option<(u32, Params)> = None;
        for provider in self.remote() {
            let capabilities = provider.capabilities();
            let params = Params::of(capabilities);
            let budget = self.budget(capabilities);
            if shortest.is_none_or(|(least, _)| budget < least) {
                shortest = Some((budget, params));
            }
            let prompt = if let Some(prompt) = by_params.get(&(params, budget)) {
                Arc::clone(prompt)
            } else {
                let rendered = self.render(file, asked, params, budget)?;
                let prompt = Arc::new(rendered.prompt);
                by_params.insert((params, budget), Arc::clone(&prompt));
                prompt
            };
            ask.prompts.insert(provider.id().clone(), prompt);
        }
        ask.request.prompt = ask.prompts.values().next().cloned();
        if let Some((budget, params)) = shortest {
            let shorter = self.render(file, asked, params, (budget / 2).max(LEAST))?;
            ask.shorter = Some(Arc::new(shorter.prompt));
        }
        Ok(ask)
    }

    /// What would be sent about a symbol, and to whom.
    pub(super) fn shown(&self, symbol: &Symbol) -> Result<Vec<Shown>, Failure> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let code = self.options.code.as_ref();
        let around = code.map(|code| code.around(self.source, symbol, self.wait(), &|| false));
        let around = around.unwrap_or_default();
        let asked = Asked { symbol, missing: None, around: &around };
        let shown = |provider: &Arc<dyn Provider>| {
            let capabilities = provider.capabilities().clone();
            let params = Params::of(&capabilities);
            let rendered = self.render(file, asked, params, self.budget(&capabilities))?;
            Ok(Shown { provider: provider.id().clone(), capabilities, rendered })
        };
        self.remote().map(shown).collect()
    }

    fn remote(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.orchestrator.all().filter(|provider| !provider.capabilities().is_immediate)
    }

    fn render(
        &self,
        file: &File<'_>,
        asked: Asked<'_>,
        params: Params,
        budget: u32,
    ) -> Result<Rendered, Failure> {
        let templates = &self.options.templates;
        let rendered = file.render_asking(templates, asked, self.options, params, budget);
        rendered.map_err(|error| Failure::Prompt(error.to_string()))
    }

    /// How long the question may wait for what other files say.
    fn wait(&self) -> Duration {
        match self.priority {
            Priority::Interactive => INTERACTIVE_WAIT,
            Priority::Bulk => BULK_WAIT,
        }
    }

    /// Tokens for the question: as many as help, and as the model can read.
    fn budget(&self, capabilities: &Capabilities) -> u32 {
        let usual = match self.priority {
            _ if Params::of(capabilities).brief => SMALL,
            Priority::Interactive => INTERACTIVE,
            Priority::Bulk => BULK,
        };
        let answer = capabilities.max_output.min(1_200);
        let room = capabilities.context.saturating_sub(FRAME + answer);
        usual.min(room).max(LEAST)
    }
}
