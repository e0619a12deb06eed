//! How hard an English text is to read.

/// Counts of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Sentences.
    pub sentences: usize,
    /// Words.
    pub words: usize,
    /// Syllables, by counting groups of vowels.
    pub syllables: usize,
    /// Words of the longest sentence.
    pub longest: usize,
}

impl Reading {
    /// School grade after Kincaid and others 1975 (Naval Technical Training Command, report 8-75):
    /// 0.39 words a sentence + 11.8 syllables a word - 15.59. `None` for a text without words. Grade 6 is read at about 12 years.
    #[must_use]
    pub fn grade(&self) -> Option<f64> {
        if self.words == 0 {
            return None;
        }
        let words = self.words as f64;
        Some(
            0.39 * words / self.sentences.max(1) as f64 + 11.8 * self.syllables as f64 / words
                - 15.59,
        )
    }

    /// The counts of two texts together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            sentences: self.sentences + other.sentences,
            words: self.words + other.words,
            syllables: self.syllables + other.syllables,
            longest: self.longest.max(other.longest),
        }
    }
}

/// Counts an English text. `plain` are words that a question about a given diagnosis cannot avoid; they count as two syllables.
#[must_use]
pub fn reading(text: &str, plain: &[&str]) -> Reading {
    let mut all = Reading {
        sentences: 0,
        words: 0,
        syllables: 0,
        longest: 0,
    };
    for sentence in text.split(['.', '?', '!', ':', ';']) {
        let mut words = 0;
        for word in sentence.split(|c: char| !c.is_alphabetic() && c != '\'') {
            let word = word.trim_matches('\'').to_ascii_lowercase();
            if word.is_empty() {
                continue;
            }
            words += 1;
            all.syllables += if plain.contains(&word.as_str()) {
                2
            } else {
                syllables(&word)
            };
        }
        if words > 0 {
            all.sentences += 1;
            all.words += words;
            all.longest = all.longest.max(words);
        }
    }
    all
}

/// Groups of vowels, without a silent final e or ed.
fn syllables(word: &str) -> usize {
    let vowel = |c: char| "aeiouy".contains(c);
    let characters: Vec<char> = word.chars().collect();
    let mut count = 0;
    let mut before = false;
    for c in &characters {
        let now = vowel(*c);
        if now && !before {
            count += 1;
        }
        before = now;
    }
    let consonant_before = |back: usize| {
        characters
            .len()
            .checked_sub(back)
            .and_then(|at| characters.get(at))
            .is_some_and(|c| !vowel(*c))
    };
    // The e of "muscle" is spoken, that of "whole" is not.
    let spoken_le = word.ends_with("le") && consonant_before(3);
    let silent_e = word.ends_with('e') && !spoken_le && consonant_before(2);
    let silent_ed = word.ends_with("ed")
        && !word.ends_with("ted")
        && !word.ends_with("ded")
        && consonant_before(3);
    if (silent_e || silent_ed) && count > 1 {
        count -= 1;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_as_spoken() {
        for (word, expect) in [
            ("neck", 1),
            ("massage", 2),
            ("shoulder", 2),
            ("doctor", 2),
            ("emergency", 4),
            ("eye", 1),
            ("stopped", 1),
            ("started", 2),
            ("muscle", 2),
            ("whole", 1),
            ("rhythm", 1),
        ] {
            assert_eq!(syllables(word), expect, "{word}");
        }
    }

    #[test]
    fn a_plain_sentence_has_a_low_grade_and_a_learned_one_a_high_one() {
        let plain = reading("Stop now. Sit down and call the doctor today.", &[]);
        assert!(plain.grade().unwrap() < 4.0, "{plain:?}");
        assert_eq!((plain.sentences, plain.words, plain.longest), (2, 9, 7));
        let learned = reading(
            "Contraindications necessitate immediate interdisciplinary consultation.",
            &[],
        );
        assert!(learned.grade().unwrap() > 20.0, "{learned:?}");
        assert_eq!(reading("", &[]).grade(), None);
    }

    #[test]
    fn unavoidable_words_count_as_easy() {
        let hard = reading("Do you have osteoporosis?", &[]);
        let easy = reading("Do you have osteoporosis?", &["osteoporosis"]);
        assert!(easy.grade() < hard.grade());
    }
}
