//! temp
pub const CSS: &str = "";
pub fn icon(_: &str) -> &'static str { "" }
