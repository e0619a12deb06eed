//! temp
pub const CSS: &str = "";
pub fn icon(_: &str) -> &'static str {
    ""
}
use nape_core::care::*;
pub fn stroke_figure(_: Stroke, _: Place, _: Side, _: &str) -> String {
    String::new()
}
pub fn exercise_figure(_: &str) -> Option<String> {
    None
}
pub fn heat_figure() -> String {
    String::new()
}
