//! Changes to a file as bad luck and ill will make them: bytes, stretches, words, numbers, lines, and halves of two files.

use fastrand::Rng;

/// No changed input is longer, bytes.
const MOST: usize = 64 * 1024;
/// Numbers at the edges of types and of sense.
const EDGES: &[&str] = &[
    "0",
    "-0",
    "-1",
    "1",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "18446744073709551616",
    "1e308",
    "1e309",
    "-1e308",
    "5e-324",
    "1e-400",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "0x10",
    "1,5",
    "1.5.5",
    "",
    "  ",
    "--1",
    "1e",
    "1e999999999",
];

/// An input made of one of `inputs` by a few changes.
#[must_use]
pub fn changed(rng: &mut Rng, inputs: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let Some(first) = rng.choice(inputs) else {
        return Vec::new();
    };
    let mut bytes = first.clone();
    for _ in 0..rng.usize(1..6) {
        change(rng, &mut bytes, inputs, words);
        bytes.truncate(MOST);
    }
    bytes
}

fn change(rng: &mut Rng, bytes: &mut Vec<u8>, inputs: &[Vec<u8>], words: &[&str]) {
    // Half of the changes hit the beginning, where headers are.
    let reach = if rng.bool() {
        bytes.len().min(400)
    } else {
        bytes.len()
    };
    let at = if reach == 0 { 0 } else { rng.usize(..reach) };
    let until = bytes.len().min(at + rng.usize(1..64));
    match rng.u8(..12) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << rng.u8(..8);
            }
        }
        1 => bytes[at..until].fill(rng.u8(..)),
        2 => {
            bytes.drain(at..until);
        }
        3 => {
            let piece = bytes[at..until].to_vec();
            let times = rng.usize(1..20);
            insert(bytes, at, &piece.repeat(times));
        }
        4 => bytes.truncate(at),
        5 => {
            if let Some(word) = rng.choice(words) {
                insert(bytes, at, word.as_bytes());
            }
        }
        6 => {
            if let Some(word) = rng.choice(words) {
                let until = bytes.len().min(at + word.len());
                bytes.splice(at..until, word.bytes());
            }
        }
        7 => number(rng, bytes, at),
        8 => {
            let width = *rng.choice([2, 4, 8].as_slice()).unwrap_or(&4);
            let value = *rng
                .choice([0, 1, u64::MAX, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000].as_slice())
                .unwrap_or(&0);
            let until = bytes.len().min(at + width);
            let value = value.to_be_bytes();
            bytes.splice(at..until, value[8 - (until - at)..].iter().copied());
        }
        9 => lines(rng, bytes),
        10 => {
            if let Some(other) = rng.choice(inputs) {
                let from = if other.is_empty() {
                    0
                } else {
                    rng.usize(..other.len())
                };
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
        _ => {
            let noise: Vec<u8> = (0..rng.usize(1..9)).map(|_| rng.u8(..)).collect();
            insert(bytes, at, &noise);
        }
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// Puts a number of the edge in the place of the next one that is written out.
fn number(rng: &mut Rng, bytes: &mut Vec<u8>, at: usize) {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    let Some(start) = bytes[at..].iter().position(is_part).map(|n| at + n) else {
        return;
    };
    let length = bytes[start..]
        .iter()
        .take_while(|byte| is_part(byte))
        .count();
    if let Some(edge) = rng.choice(EDGES) {
        bytes.splice(start..start + length, edge.bytes());
    }
}

/// Doubles, drops or exchanges whole lines.
fn lines(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.is_empty() {
        return;
    }
    let (a, b) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
    match rng.u8(..3) {
        0 => lines.swap(a, b),
        1 => lines.insert(b, lines[a].clone()),
        _ => {
            lines.remove(a);
        }
    }
    *bytes = lines.concat();
}
