//! What a form sent.

use std::collections::BTreeMap;

use nape_store::Once;

/// The fields of a form as sent, each with all of its values.
#[derive(Clone, Default)]
pub(crate) struct Fields(BTreeMap<String, Vec<String>>);

/// Fields hold what a person typed: only their number is printed.
impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fields({})", self.0.len())
    }
}

impl Fields {
    /// The pairs in the order in which they were sent.
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            fields.0.entry(name).or_default().push(value);
        }
        fields
    }

    /// The first value of a field, without blanks around it; `None` when it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.first()?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// Every value of a field.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }

    /// A whole number.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.get(name)?.parse().ok()
    }

    /// A rating from 0 to 10.
    pub(crate) fn rating(&self, name: &str) -> Option<nape_core::history::Nrs> {
        self.number(name).and_then(nape_core::history::Nrs::new)
    }

    /// The token by which a form that is sent twice is known.
    pub(crate) fn once(&self) -> Option<Once> {
        Once::new(self.get("once")?).ok()
    }

    /// The token under which the `n`-th correction of the form is known.
    pub(crate) fn once_corrected(&self, n: usize) -> Option<Once> {
        Once::new(format!("{}-{n}", self.get("once")?)).ok()
    }

    /// A path of ours to go back to: one that a form carried and anything could have been written into, so nothing but a plain path counts.
    pub(crate) fn back(&self) -> Option<&str> {
        self.get("back").filter(|path| is_own_path(path))
    }
}

fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/?=&-_.#".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::new(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn what_was_typed_is_not_printed() {
        let fields = fields(&[("tightness", "9"), ("age", "65")]);
        assert_eq!(format!("{fields:?}"), "Fields(2)");
    }

    #[test]
    fn blanks_are_cut_and_empty_fields_are_missing() {
        let fields = fields(&[("a", " 7 "), ("b", "  "), ("c", "1"), ("c", "2")]);
        assert_eq!(fields.get("a"), Some("7"));
        assert_eq!(fields.get("b"), None);
        assert_eq!(fields.number::<u8>("a"), Some(7));
        assert_eq!(fields.all("c").collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn a_rating_outside_0_to_10_is_none() {
        for (text, rating) in [
            ("0", Some(0)),
            ("10", Some(10)),
            ("11", None),
            ("-1", None),
            ("x", None),
            ("3.5", None),
        ] {
            let found = fields(&[("r", text)]).rating("r").map(|r| r.value());
            assert_eq!(found, rating, "{text}");
        }
    }

    #[test]
    fn only_a_plain_path_of_ours_is_gone_back_to() {
        for (path, good) in [
            ("/", true),
            ("/progress?days=28", true),
            ("//elsewhere", false),
            ("http://elsewhere", false),
            ("/\\elsewhere", false),
            ("/a\r\nb", false),
            ("", false),
        ] {
            assert_eq!(fields(&[("back", path)]).back().is_some(), good, "{path:?}");
        }
    }
}
