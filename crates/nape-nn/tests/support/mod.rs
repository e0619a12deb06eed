//! What the tests of networks share.

use pulp::Arch;

/// Every width of vectors that this processor has.
pub(crate) fn widths() -> Vec<Arch> {
    let mut all = vec![Arch::Scalar];
    #[cfg(target_arch = "x86_64")]
    all.extend(pulp::x86::V3::try_new().map(Arch::V3));
    // The widest; where there is only one, it comes twice.
    all.push(Arch::new());
    all
}
