//! The `nape` program.

#[allow(dead_code, unused_imports, reason = "`analyze` will call it")]
mod report;
#[allow(
    unreachable_pub,
    dead_code,
    reason = "a contract is public by nature; `analyze` will fill it"
)]
mod wire;

fn main() {}
