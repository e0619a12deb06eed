//! Turning and mirroring pictures upright.

/// How the stored rows must be turned to stand upright: mirrored left to right first, then turned clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation {
    mirrored: bool,
    quarter_turns: u8,
}

impl Orientation {
    pub(crate) const UPRIGHT: Self = Self {
        mirrored: false,
        quarter_turns: 0,
    };

    /// From the EXIF value 1 to 8.
    pub(crate) fn from_exif(value: u16) -> Option<Self> {
        let (mirrored, quarter_turns) = match value {
            1 => (false, 0),
            2 => (true, 0),
            3 => (false, 2),
            4 => (true, 2),
            5 => (true, 3),
            6 => (false, 1),
            7 => (true, 1),
            8 => (false, 3),
            _ => return None,
        };
        Some(Self {
            mirrored,
            quarter_turns,
        })
    }

    /// From the upper left of a track's matrix: x' = a x + c y, y' = b x + d y, y pointing down. Only signs and the larger
    /// entries count, so a matrix that also scales still tells its quarter turn.
    pub(crate) fn from_matrix(a: i32, b: i32, c: i32, d: i32) -> Self {
        let size = |v: i32| i64::from(v).abs();
        let (mirrored, quarter_turns) = if size(a) + size(d) >= size(b) + size(c) {
            match (a < 0, d < 0) {
                (false, false) => (false, 0),
                (true, true) => (false, 2),
                (true, false) => (true, 0),
                (false, true) => (true, 2),
            }
        } else {
            match (b < 0, c < 0) {
                (false, true) => (false, 1),
                (true, false) => (false, 3),
                (false, false) => (true, 3),
                (true, true) => (true, 1),
            }
        };
        Self {
            mirrored,
            quarter_turns,
        }
    }

    /// Clockwise turn in degrees: 0, 90, 180 or 270.
    pub(crate) fn degrees(self) -> u16 {
        u16::from(self.quarter_turns) * 90
    }

    /// Whether width and height change places.
    pub(crate) fn swaps_sides(self) -> bool {
        self.quarter_turns % 2 == 1
    }

    /// Turns `rgb` (`width * height * 3` bytes); returns the new width, height and bytes.
    pub(crate) fn apply(
        self,
        width: usize,
        height: usize,
        rgb: Vec<u8>,
    ) -> (usize, usize, Vec<u8>) {
        if self == Self::UPRIGHT || width == 0 || height == 0 {
            return (width, height, rgb);
        }
        let (out_width, out_height) = if self.swaps_sides() {
            (height, width)
        } else {
            (width, height)
        };
        // Where the stored pixel of the output's first pixel lies, and how far it moves per output column and row.
        let (w, h) = (width as isize, height as isize);
        let (start, column, row) = match self.quarter_turns {
            0 => ((0, 0), (1, 0), (0, 1)),
            1 => ((0, h - 1), (0, -1), (1, 0)),
            2 => ((w - 1, h - 1), (-1, 0), (0, -1)),
            _ => ((w - 1, 0), (0, 1), (-1, 0)),
        };
        let index = |(x, y): (isize, isize)| {
            let x = if self.mirrored { w - 1 - x } else { x };
            (y * w + x) * 3
        };
        let origin = index((0, 0));
        let step_column = index(column) - origin;
        let step_row = index(row) - origin;
        let mut out = vec![0_u8; rgb.len()];
        let mut line_start = index(start);
        for line in out.chunks_exact_mut(out_width * 3) {
            let mut from = line_start;
            for pixel in line.chunks_exact_mut(3) {
                let at = from as usize;
                pixel.copy_from_slice(&rgb[at..at + 3]);
                from += step_column;
            }
            line_start += step_row;
        }
        (out_width, out_height, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 3x2 picture, one letter a pixel.
    fn turned(orientation: Orientation) -> (usize, usize, String) {
        let rgb: Vec<u8> = b"abcdef".iter().flat_map(|&b| [b, b, b]).collect();
        let (width, height, out) = orientation.apply(3, 2, rgb);
        let letters = out.chunks_exact(3).map(|p| char::from(p[0])).collect();
        (width, height, letters)
    }

    #[test]
    fn the_eight_exif_values_turn_as_the_standard_says() {
        let expected = [
            (1, 3, 2, "abcdef"),
            (2, 3, 2, "cbafed"),
            (3, 3, 2, "fedcba"),
            (4, 3, 2, "defabc"),
            (5, 2, 3, "adbecf"),
            (6, 2, 3, "daebfc"),
            (7, 2, 3, "fcebda"),
            (8, 2, 3, "cfbead"),
        ];
        for (value, width, height, letters) in expected {
            let orientation = Orientation::from_exif(value).unwrap();
            assert_eq!(
                turned(orientation),
                (width, height, letters.to_owned()),
                "EXIF {value}"
            );
        }
        assert_eq!(Orientation::from_exif(0), None);
        assert_eq!(Orientation::from_exif(9), None);
    }

    #[test]
    fn the_matrix_of_a_track_moves_corners_where_it_says() {
        // The corner that x' = a x + c y, y' = b x + d y sends to the top left must come out first.
        let one = 0x1_0000;
        for (matrix, first) in [
            ((one, 0, 0, one), 'a'),
            ((0, one, -one, 0), 'd'),
            ((-one, 0, 0, -one), 'f'),
            ((0, -one, one, 0), 'c'),
            ((-one, 0, 0, one), 'c'),
            ((one, 0, 0, -one), 'd'),
            ((0, one, one, 0), 'a'),
            ((0, -one, -one, 0), 'f'),
        ] {
            let (a, b, c, d) = matrix;
            let (_, _, letters) = turned(Orientation::from_matrix(a, b, c, d));
            assert!(letters.starts_with(first), "{matrix:?} gives {letters}");
        }
    }
}
