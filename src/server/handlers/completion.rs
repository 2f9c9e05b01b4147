pub(crate) const TRIGGERS: [&str; 4] = ["\"", "'", "/", "!"];
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Params {}
pub(crate) async fn handle(_: &std::sync::Arc<crate::server::session::Session>, _: Params) -> Option<serde_json::Value> { None }
