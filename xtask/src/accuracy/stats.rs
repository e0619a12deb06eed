//! Summaries of errors.

/// Mean error measures of one angle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Errors {
    /// Mean absolute error.
    pub(crate) mae: f64,
    /// Mean error: + reads too much.
    pub(crate) bias: f64,
    /// 95th percentile of the absolute error.
    pub(crate) p95: f64,
}

/// `None` of nothing.
pub(crate) fn errors(differences: &[f64]) -> Option<Errors> {
    let mut absolute: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
    absolute.sort_by(f64::total_cmp);
    Some(Errors {
        mae: mean(&absolute)?,
        bias: mean(differences)?,
        p95: quantile(&absolute, 0.95)?,
    })
}

/// `None` of nothing.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Linear between the two nearest of `sorted`.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index below the length, which is far below 2^52"
)]
fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let at = q * last as f64;
    let low = at.floor() as usize;
    let (a, b) = (sorted.get(low)?, sorted.get((low + 1).min(last))?);
    Some(a + (b - a) * at.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_errors() {
        let found = errors(&[-1.0, 1.0, 3.0, -3.0, 2.0]).unwrap();
        assert!((found.mae - 2.0).abs() < 1e-12 && (found.bias - 0.4).abs() < 1e-12);
        // As numpy.quantile: 3.
        assert!((found.p95 - 3.0).abs() < 1e-12);
        assert!(errors(&[]).is_none());
    }
}
