//! Spans by OpenTelemetry's conventions for generative AI: one for each question, and
//! below it one for each call to a provider. No word of a prompt or of an answer is in
//! them.
//!
//! They cost next to nothing unless somebody listens. `otel.name`, `otel.kind` and
//! `otel.status_code` are what the bridge from `tracing` to OpenTelemetry reads.

use tracing::field::Empty;
use tracing::{Span, info_span};

use super::{Attempt, Ending};
use crate::provider::{Capabilities, ErrorKind, ProviderId};

/// What is done: `chat`.
pub const OPERATION_NAME: &str = "gen_ai.operation.name";
/// Who is asked, by the convention's list of names.
pub const PROVIDER_NAME: &str = "gen_ai.provider.name";
/// The model that is asked for.
pub const REQUEST_MODEL: &str = "gen_ai.request.model";
/// Most tokens of the answer.
pub const REQUEST_MAX_TOKENS: &str = "gen_ai.request.max_tokens";
/// The model that answered.
pub const RESPONSE_MODEL: &str = "gen_ai.response.model";
/// Why the answer ended.
pub const FINISH_REASONS: &str = "gen_ai.response.finish_reasons";
/// All tokens of the input.
pub const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
/// Those of them that came from the provider's prompt cache.
pub const CACHED_TOKENS: &str = "gen_ai.usage.cache_read.input_tokens";
/// All tokens of the output.
pub const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
/// The form of the answer: `json`.
pub const OUTPUT_TYPE: &str = "gen_ai.output.type";
/// The class of a failure.
pub const ERROR_TYPE: &str = "error.type";
/// The style that is asked for.
pub const STYLE: &str = "docstring_ls.style";
/// The provider's identifier in the configuration.
pub const PROVIDER_ID: &str = "docstring_ls.provider";
/// US dollars, by estimate when the call was cancelled.
pub const COST: &str = "docstring_ls.cost_usd";
/// The call was started while another one was running.
pub const HEDGE: &str = "docstring_ls.hedge";
/// The call was a second turn about an answer that was not accepted.
pub const REPAIR: &str = "docstring_ls.repair";

/// The span of a question; `provider` is who is preferred, if anybody.
pub fn request(style: &str, provider: Option<&ProviderId>) -> Span {
    let span = info_span!(
        "generate_docstring",
        otel.kind = "internal",
        { STYLE } = style,
        { PROVIDER_ID } = Empty,
        { ERROR_TYPE } = Empty,
    );
    if let Some(provider) = provider {
        span.record(PROVIDER_ID, &*provider.0);
    }
    span
}

/// The span of one call, below the current one.
pub fn attempt(capabilities: &Capabilities, provider: &ProviderId) -> Span {
    info_span!(
        "chat",
        otel.name = %format_args!("chat {}", capabilities.model),
        otel.kind = "client",
        otel.status_code = Empty,
        { OPERATION_NAME } = "chat",
        { PROVIDER_NAME } = provider_name(capabilities.dialect, provider),
        { REQUEST_MODEL } = &*capabilities.model,
        { REQUEST_MAX_TOKENS } = Empty,
        { RESPONSE_MODEL } = Empty,
        { FINISH_REASONS } = Empty,
        { INPUT_TOKENS } = Empty,
        { CACHED_TOKENS } = Empty,
        { OUTPUT_TOKENS } = Empty,
        { OUTPUT_TYPE } = "json",
        { ERROR_TYPE } = Empty,
        { PROVIDER_ID } = &*provider.0,
        { COST } = Empty,
        { HEDGE } = Empty,
        { REPAIR } = Empty,
    )
}

/// Records how the call ended.
pub fn finish(span: &Span, attempt: &Attempt) {
    span.record(INPUT_TOKENS, attempt.usage.input);
    span.record(CACHED_TOKENS, attempt.usage.cached_input);
    span.record(OUTPUT_TOKENS, attempt.usage.output);
    span.record(COST, attempt.cost_usd);
    span.record(HEDGE, attempt.is_hedge);
    span.record(REPAIR, attempt.is_repair);
    let reason = match attempt.ending.kind() {
        None if attempt.ending == Ending::Success => Some("stop"),
        Some(ErrorKind::Invalid) => Some("stop"),
        Some(ErrorKind::Truncated) => Some("length"),
        Some(ErrorKind::Refused) => Some("content_filter"),
        _ => None,
    };
    if let Some(reason) = reason {
        span.record(FINISH_REASONS, tracing::field::debug([reason]));
    }
    let error = match &attempt.ending {
        Ending::Success => return,
        Ending::Failed(error) => error.kind.as_str(),
        Ending::Cancelled => "cancelled",
    };
    span.record(ERROR_TYPE, error);
    // That another answer was faster is no error.
    if attempt.ending != Ending::Cancelled {
        span.record("otel.status_code", "ERROR");
    }
}

/// The name of a provider by the convention. Many speak the dialect `openai-chat`,
/// and only their identifier in the configuration says who they are.
fn provider_name<'a>(dialect: &'a str, id: &'a ProviderId) -> &'a str {
    match dialect {
        "anthropic" => "anthropic",
        "gemini" => "gcp.gemini",
        "openai-responses" => "openai",
        "openai-chat" => match &*id.0 {
            "azure" => "azure.ai.openai",
            "bedrock" => "aws.bedrock",
            "mistral" => "mistral_ai",
            "grok" | "xai" => "x_ai",
            id @ ("cohere" | "deepseek" | "groq" | "perplexity") => id,
            _ => "openai",
        },
        other => other,
    }
}

#[cfg(test)]
mod tests;
