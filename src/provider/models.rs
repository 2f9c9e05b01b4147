//! What is known about models and providers, as data: `models/models.json` and
//! `models/presets.json`. Everything in them can be said otherwise in the configuration.
//!
//! Prices are US dollars per million tokens, as of November 2026; `above` are those of
//! questions longer than `tokens`, `batch` is the part of them that a batch costs.
//! `quality` and `seconds` are expectations before anything was measured.

mod presets;

use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

use super::{Capabilities, Dialect, LongPrice, Prices, Structured};

pub use presets::{Preset, preset, presets};

/// A model, or a family of models.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    /// The beginning of its names, as [`plain`] writes them.
    prefix: String,
    /// Most tokens of question and answer together.
    context: u32,
    /// Most tokens of an answer, thinking included.
    max_output: u32,
    structured: Tier,
    /// How hard it can be told to think, in rising order; empty when it cannot be told,
    /// absent when that depends on who serves it.
    #[serde(default)]
    efforts: Option<Vec<String>>,
    /// Anthropic: the type of `thinking` that turns it off, where `none` is an effort.
    #[serde(default)]
    thinking_off: Option<String>,
    #[serde(default)]
    prices: Option<Price>,
    /// How good its words are held to be, 0 to 1.
    quality: f64,
    /// The median time of an answer.
    seconds: f64,
    /// Styles that it is preferred for.
    #[serde(default)]
    styles: Vec<String>,
    /// `legacy`, `deprecated`, or when it retires; absent for a current one.
    #[serde(default)]
    lifecycle: Option<String>,
}

/// [`Structured`] in the data.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tier {
    Prompted,
    Object,
    Schema,
}

impl From<Tier> for Structured {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Prompted => Self::Prompted,
            Tier::Object => Self::Object,
            Tier::Schema => Self::Schema,
        }
    }
}

/// [`Prices`] in the data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    input: f64,
    cached_input: f64,
    output: f64,
    /// What a batch costs, as a part of it.
    #[serde(default = "whole")]
    batch: f64,
    /// What longer questions cost.
    #[serde(default)]
    above: Vec<LongPrice>,
}

fn whole() -> f64 {
    1.0
}

/// The models; empty never happens, since the data is a constant that is tested.
static MODELS: LazyLock<Vec<Model>> =
    LazyLock::new(|| serde_json::from_str(include_str!("models/models.json")).unwrap_or_default());

/// The levels of effort, in rising order.
const EFFORTS: [&str; 7] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/// Vendors, as hosts write them before a model's name.
const HOSTS: [&str; 5] = ["anthropic-", "openai-", "google-", "deepseek-ai-", "meta-"];

/// A model's name without what its hosts add: `us.anthropic.claude-haiku-5-5-v1:0`,
/// `anthropic/claude-haiku-5.5` and `claude-haiku-5-5` begin alike.
fn plain(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name);
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let host = HOSTS.iter().find_map(|host| Some(name.find(host)? + host.len()));
    host.and_then(|at| name.get(at..)).map_or_else(|| name.clone(), str::to_owned)
}

/// What is known about a model of this name: the longest prefix that ends with a word.
fn find(name: &str) -> Option<&'static Model> {
    let name = plain(name);
    let begins = |prefix: &str| {
        name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    MODELS.iter().filter(|model| begins(&model.prefix)).max_by_key(|model| model.prefix.len())
}

/// What a model can do; modest where nothing is known about it.
pub fn capabilities(dialect: Dialect, model: &str) -> Capabilities {
    let unknown = Capabilities::unknown(dialect.id(), model);
    let known = match find(model) {
        Some(known) => Capabilities {
            context: known.context,
            max_output: known.max_output,
            structured: known.structured.into(),
            preferred_styles: known.styles.clone(),
            prices: known.prices.as_ref().map(|price| Prices {
                input: price.input,
                cached_input: price.cached_input,
                output: price.output,
                batch: price.batch,
                above: &price.above,
            }),
            expected_time: Duration::from_secs_f64(known.seconds),
            quality: known.quality,
            ..unknown
        },
        None => Capabilities { structured: of_dialect(dialect), ..unknown },
    };
    match dialect {
        Dialect::Ollama => on_this_machine(known),
        _ => known,
    }
}

/// How the models of a dialect can be held to JSON. What speaks Chat Completions may be
/// anything.
fn of_dialect(dialect: Dialect) -> Structured {
    match dialect {
        Dialect::OpenAiChat => Structured::Prompted,
        Dialect::Anthropic | Dialect::OpenAiResponses | Dialect::Gemini | Dialect::Ollama => {
            Structured::Schema
        }
    }
}

/// The capabilities of a model that runs on hardware of one's own: it costs no money, is
/// held to a schema by its server whatever it is, and answers few at the same time. Its
/// context is set by whoever starts it; this is what most can afford.
pub fn on_this_machine(known: Capabilities) -> Capabilities {
    Capabilities {
        context: known.context.clamp(8_192, 32_768),
        structured: Structured::Schema,
        prices: None,
        expected_time: known.expected_time.max(Duration::from_secs(4)),
        concurrency: 2,
        is_local: true,
        ..known
    }
}

/// How hard to tell a model to think: the level nearest to `wanted` that it takes, or the
/// lowest when nothing is wanted, since a docstring needs no long thought. `None` for a
/// model that cannot be told; where its levels are not known, what is wanted is passed on.
pub fn effort<'w>(model: &str, wanted: Option<&'w str>) -> Option<&'w str> {
    let wanted = wanted.map(|wanted| if wanted == "off" { "none" } else { wanted });
    let Some(levels) = find(model).and_then(|known| known.efforts.as_deref()) else {
        return wanted;
    };
    let level = |name: &str| EFFORTS.iter().position(|effort| *effort == name);
    let Some(wanted) = wanted else { return levels.first().map(String::as_str) };
    let Some(target) = level(wanted) else { return Some(wanted) };
    let distance = |effort: &&String| level(effort).map(|at| at.abs_diff(target));
    levels.iter().min_by_key(distance).map(String::as_str)
}

/// Anthropic: the type of `thinking` that keeps this model from it, if it can be kept.
pub(super) fn thinking_off(model: &str) -> Option<&'static str> {
    find(model)?.thinking_off.as_deref()
}

/// `legacy`, `deprecated` or when it retires, of a model that should not be chosen anew.
pub fn lifecycle(model: &str) -> Option<&'static str> {
    find(model)?.lifecycle.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_can_be_read_and_is_sensible() {
        let models: Vec<Model> =
            serde_json::from_str(include_str!("models/models.json")).expect("the data");
        for (index, model) in models.iter().enumerate() {
            let name = &model.prefix;
            assert_eq!(plain(name), *name);
            assert!(models.iter().skip(index + 1).all(|other| other.prefix != *name), "{name}");
            assert!(model.max_output <= model.context, "{name}");
            assert!((0.0..=1.0).contains(&model.quality), "{name}");
            assert!((0.1..=10.0).contains(&model.seconds), "{name}");
            let efforts = model.efforts.as_deref().unwrap_or_default();
            let levels: Vec<_> =
                efforts.iter().map(|e| EFFORTS.iter().position(|l| l == e)).collect();
            assert!(levels.iter().all(Option::is_some) && levels.is_sorted(), "{name}");
            if let Some(price) = &model.prices {
                assert!(price.cached_input <= price.input && price.input <= price.output, "{name}");
                assert!(0.0 < price.batch && price.batch <= 1.0, "{name}");
                assert!(price.above.is_sorted_by(|a, b| a.tokens < b.tokens), "{name}");
                for long in &price.above {
                    assert!(long.tokens > 0 && long.tokens < u64::from(model.context), "{name}");
                    let all = [long.input, long.cached_input, long.output];
                    let usual = [price.input, price.cached_input, price.output];
                    assert!(all.iter().zip(usual).all(|(long, usual)| *long >= usual), "{name}");
                }
            }
            let turns_off = model.thinking_off.is_some();
            assert!(!turns_off || efforts.first().is_some_and(|e| e == "none"), "{name}");
        }
    }

    #[test]
    fn a_model_is_known_by_its_longest_prefix() {
        let prefix = |name: &str| find(name).map(|model| model.prefix.as_str());
        assert_eq!(prefix("claude-haiku-5-5"), Some("claude-haiku-5-5"));
        assert_eq!(prefix("claude-haiku-4-5-20251001"), Some("claude-haiku-4-5"));
        assert_eq!(prefix("claude-opus-5-5"), Some("claude-opus-5-5"));
        assert_eq!(prefix("claude-opus-5"), Some("claude-opus-5"));
        assert_eq!(prefix("claude-next"), Some("claude"));
        assert_eq!(prefix("us.anthropic.claude-haiku-5-5-v1:0"), Some("claude-haiku-5-5"));
        assert_eq!(prefix("anthropic/claude-haiku-5.5"), Some("claude-haiku-5-5"));
        assert_eq!(prefix("gpt-6.1-terra"), Some("gpt-6-1-terra"));
        assert_eq!(prefix("gpt-4.1-mini"), Some("gpt-4-1-mini"));
        assert_eq!(prefix("openai/gpt-oss-20b"), Some("gpt-oss-20b"));
        assert_eq!(prefix("openai.gpt-oss-20b-1:0"), Some("gpt-oss-20b"));
        assert_eq!(prefix("models/gemini-3.5-flash-lite"), Some("gemini-3-5-flash-lite"));
        assert_eq!(prefix("qwen3-coder:30b"), Some("qwen3-coder"));
        assert_eq!(prefix("llama3.2:3b"), Some("llama3"));
        for unknown in ["", "claudette", "gpt-60", "tiny", "\u{e9}"] {
            assert_eq!(prefix(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn tells_what_a_model_can_do() {
        let claude = capabilities(Dialect::Anthropic, "claude-haiku-5-5");
        assert_eq!((claude.context, claude.max_output), (1_000_000, 128_000));
        assert_eq!(claude.structured, Structured::Schema);
        assert_eq!(claude.preferred_styles, ["google", "numpy"]);
        assert_eq!(claude.dialect, "anthropic");
        assert_eq!(&*claude.model, "claude-haiku-5-5");
        let usage = super::super::Usage { input: 1_200, cached_input: 0, output: 250 };
        let cost = claude.prices.map(|prices| prices.cost(usage));
        assert!(cost.is_some_and(|cost| (cost - 0.000_245).abs() < 1e-9), "{cost:?}");
        let half = claude.prices.map(|prices| prices.batch_cost(usage));
        assert!(half.is_some_and(|cost| (cost - 0.000_122_5).abs() < 1e-9), "{half:?}");
        let long = super::super::Usage { input: 200_000, cached_input: 100_000, output: 0 };
        let cost = claude.prices.map(|prices| prices.cost(long));
        assert!(cost.is_some_and(|cost| (cost - 0.055).abs() < 1e-9), "{cost:?}");
    }

    #[test]
    fn nothing_is_promised_for_an_unknown_model() {
        let unknown = capabilities(Dialect::OpenAiChat, "tiny");
        assert_eq!(unknown, Capabilities::unknown("openai-chat", "tiny"));
        assert_eq!(capabilities(Dialect::Anthropic, "tiny").structured, Structured::Schema);
        assert_eq!(lifecycle("tiny"), None);
        assert_eq!(lifecycle("claude-sonnet-4-5"), Some("retires 2026-11-30"));
    }

    #[test]
    fn a_model_of_ones_own_costs_nothing() {
        for model in ["gpt-oss-20b", "smollm2", "tiny"] {
            let local = capabilities(Dialect::Ollama, model);
            assert_eq!((local.prices, local.structured), (None, Structured::Schema), "{model}");
            assert!((8_192..=32_768).contains(&local.context), "{model}");
        }
    }

    #[test]
    fn effort_is_the_nearest_that_the_model_takes() {
        assert_eq!(effort("claude-haiku-5-5", None), Some("none"));
        assert_eq!(effort("claude-opus-5-5", None), Some("low"));
        assert_eq!(effort("claude-opus-5-5", Some("none")), Some("low"));
        assert_eq!(effort("claude-opus-5-5", Some("off")), Some("low"));
        assert_eq!(effort("claude-opus-4-5", Some("max")), Some("high"));
        assert_eq!(effort("claude-haiku-4-5", Some("high")), None);
        assert_eq!(effort("gemini-3.5-flash-lite", Some("none")), Some("minimal"));
        assert_eq!(effort("gemini-3.8-flash", Some("minimal")), Some("low"));
        assert_eq!(effort("gpt-6-luna", Some("minimal")), Some("none"));
        assert_eq!(effort("gpt-4.1-mini", Some("low")), None);
        assert_eq!(effort("gpt-oss:20b", Some("none")), Some("low"));
        assert_eq!(effort("qwen3:8b", Some("none")), Some("none"));
        assert_eq!(effort("qwen3:8b", None), None);
        assert_eq!(effort("tiny", Some("high")), Some("high"));
        assert_eq!(effort("tiny", None), None);
        assert_eq!(thinking_off("claude-sonnet-5-5"), Some("between_tools"));
        assert_eq!(thinking_off("claude-opus-5-5"), None);
    }
}
