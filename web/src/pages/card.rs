//! The picture of a shared pull: the board as a PNG of 1200 by 630, drawn here with the faces of the site. It shows
//! what the public page shows, and like it never a secret.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use vanikeys_core::flow::pull::SharedPull;

use super::{board::Board, words};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
/// B612 Mono Bold and B612 Regular, ASCII only; see `card/README.md`.
const MONO: &[u8] = include_bytes!("../card/mono-700.ttf");
const TEXT: &[u8] = include_bytes!("../card/text-400.ttf");

type Colour = [u8; 3];
const BOARD: Colour = [0x12, 0x11, 0x0e];
const FLAP: Colour = [0x2b, 0x28, 0x22];
const FLAP_LOW: Colour = [0x1f, 0x1c, 0x17];
const LETTER: Colour = [0xf4, 0xed, 0xdb];
const DIM: Colour = [0xa8, 0xa0, 0x8d];
const AMBER: Colour = [0xff, 0xb2, 0x24];
const AMBER_LOW: Colour = [0xf2, 0xa5, 0x0f];
const ON_AMBER: Colour = [0x1d, 0x13, 0x00];
const FOLD: Colour = [0x08, 0x07, 0x06];
const FOLD_LIT: Colour = [0x66, 0x47, 0x0e];
const STAR_LOW: Colour = [0x3a, 0x35, 0x2c];

/// The picture, or none if it cannot be drawn.
pub(crate) fn png(pull: &SharedPull) -> Option<Vec<u8>> {
    let (mono, text) = (FontRef::try_from_slice(MONO).ok()?, FontRef::try_from_slice(TEXT).ok()?);
    let mut card = Card { pixels: BOARD.repeat((WIDTH * HEIGHT) as usize) };
    card.tile(60.0, 48.0, 40.0, 'V', false, &mono);
    card.tile(104.0, 48.0, 40.0, 'K', true, &mono);
    card.write(158.0, 86.0, 34.0, "VaniKeys", LETTER, &text);
    card.heading(&shown(&pull.pattern.text, 34), &mono);
    let board = Board::new(&pull.text, &pull.matches);
    card.board(&board, &mono);
    card.score(pull, &text);
    card.write(60.0, 588.0, 26.0, &shown(&pull.display, 70), DIM, &text);
    card.encode()
}

/// The text in letters that the faces have, cut to what fits.
fn shown(text: &str, most: usize) -> String {
    let plain: String =
        text.chars().map(|letter| if letter.is_ascii_graphic() || letter == ' ' { letter } else { '?' }).collect();
    if plain.len() > most { format!("{}...", &plain[..most - 3]) } else { plain }
}

struct Card {
    pixels: Vec<u8>,
}

impl Card {
    fn encode(self) -> Option<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, WIDTH, HEIGHT);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        encoder.write_header().ok()?.write_image_data(&self.pixels).ok()?;
        Some(file)
    }

    fn mix(&mut self, x: i64, y: i64, colour: Colour, cover: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if x >= WIDTH || y >= HEIGHT {
            return;
        }
        let at = ((y * WIDTH + x) * 3) as usize;
        for (there, new) in self.pixels[at..at + 3].iter_mut().zip(colour) {
            let mixed = f32::from(*there) + (f32::from(new) - f32::from(*there)) * cover.clamp(0.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
            let byte = mixed.round() as u8;
            *there = byte;
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "places on the card are small numbers")]
    fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        for row in y.round() as i64..(y + height).round() as i64 {
            for column in x.round() as i64..(x + width).round() as i64 {
                self.mix(column, row, colour, 1.0);
            }
        }
    }

    /// One line of text on its base line; returns where it ends.
    fn write(&mut self, x: f32, y: f32, size: f32, text: &str, colour: Colour, face: &FontRef<'_>) -> f32 {
        let scaled = face.as_scaled(PxScale::from(size));
        let mut at = x;
        for letter in text.chars() {
            let id = face.glyph_id(letter);
            self.glyph(face, id.with_scale_and_position(size, point(at, y)), colour);
            at += scaled.h_advance(id);
        }
        at
    }

    fn glyph(&mut self, face: &FontRef<'_>, glyph: ab_glyph::Glyph, colour: Colour) {
        let Some(outline) = face.outline_glyph(glyph) else { return };
        let corner = outline.px_bounds().min;
        #[expect(clippy::cast_possible_truncation, reason = "places on the card are small numbers")]
        let (left, top) = (corner.x as i64, corner.y as i64);
        outline.draw(|x, y, cover| self.mix(left + i64::from(x), top + i64::from(y), colour, cover));
    }

    /// One flap with its letter in the middle; `size` is its width.
    fn tile(&mut self, x: f32, y: f32, size: f32, letter: char, lit: bool, face: &FontRef<'_>) {
        let height = size * 1.36;
        let (high, low, ink) = if lit { (AMBER, AMBER_LOW, ON_AMBER) } else { (FLAP, FLAP_LOW, LETTER) };
        self.fill(x, y, size, height / 2.0, high);
        self.fill(x, y + height / 2.0, size, height / 2.0, low);
        // The fold is behind the letter: across it, an e would read as crossed out.
        self.fill(x, y + height / 2.0 - 1.0, size, 2.0, if lit { FOLD_LIT } else { FOLD });
        for (across, down) in [(0.0, 0.0), (size - 2.0, 0.0), (0.0, height - 2.0), (size - 2.0, height - 2.0)] {
            self.fill(x + across, y + down, 2.0, 2.0, BOARD);
        }
        let letters = size * 0.98;
        let scaled = face.as_scaled(PxScale::from(letters));
        let id = face.glyph_id(letter);
        let place = point(x + (size - scaled.h_advance(id)) / 2.0, y + height * 0.71);
        self.glyph(face, id.with_scale_and_position(letters, place), ink);
    }

    /// Stars, how much matched, and the odds of all of it.
    fn score(&mut self, pull: &SharedPull, face: &FontRef<'_>) {
        let mut x = 60.0;
        for star in 0..pull.of {
            self.star(x + 18.0, 528.0, 18.0, if star < pull.matched { AMBER } else { STAR_LOW });
            x += 44.0;
        }
        let won = format!("{} of {}", pull.matched, pull.of);
        x = self.write(x + 8.0, 540.0, 34.0, &won, if pull.is_win { AMBER } else { LETTER }, face);
        let odds = format!("{} for the whole match", words::odds_text(&pull.one_in));
        self.write(x + 28.0, 540.0, 34.0, &odds, DIM, face);
    }

    /// A star around a point, with smooth edges.
    #[expect(clippy::cast_possible_truncation, reason = "places on the card are small numbers")]
    fn star(&mut self, x: f32, y: f32, radius: f32, colour: Colour) {
        const FINE: i64 = 4;
        let corners: Vec<(f32, f32)> = (0_u8..10)
            .map(|corner| {
                let turn = f32::from(corner) * std::f32::consts::PI / 5.0;
                let far = if corner % 2 == 0 { radius } else { radius * 0.46 };
                (far * turn.sin(), -far * turn.cos())
            })
            .collect();
        let edges = || corners.iter().zip(corners.iter().cycle().skip(1));
        // A ray to the right leaves the star once more than it enters it.
        let inside = |px: f32, py: f32| {
            edges()
                .filter(|(a, b)| (a.1 > py) != (b.1 > py) && px < a.0 + (py - a.1) / (b.1 - a.1) * (b.0 - a.0))
                .count()
                % 2
                == 1
        };
        let reach = radius.ceil() as i64;
        let part = |step: i64| {
            #[expect(clippy::cast_precision_loss, reason = "places on the card are small numbers")]
            let step = step as f32;
            step
        };
        for row in -reach..=reach {
            for column in -reach..=reach {
                let parts = (0..FINE * FINE).filter(|part_of| {
                    let (right, down) = (part(part_of % FINE) + 0.5, part(part_of / FINE) + 0.5);
                    inside(part(column) + right / part(FINE), part(row) + down / part(FINE))
                });
                let cover = part(parts.count() as i64) / part(FINE * FINE);
                self.mix(x as i64 + column, y as i64 + row, colour, cover);
            }
        }
    }

    fn heading(&mut self, text: &str, face: &FontRef<'_>) {
        // As large as fits on one line.
        #[expect(clippy::cast_precision_loss, reason = "a short text")]
        let size = (1080.0 / (0.58 * text.len().max(1) as f32)).min(76.0);
        self.write(60.0, 208.0, size, text, LETTER, face);
    }

    /// The key on flaps, in rows of groups.
    fn board(&mut self, board: &Board, face: &FontRef<'_>) {
        const A_ROW: usize = 6;
        let rows = board.groups.len().div_ceil(A_ROW).max(1);
        #[expect(clippy::cast_precision_loss, reason = "at most sixteen rows")]
        let size = (236.0 / (rows as f32 * 1.56)).min(39.0);
        #[expect(clippy::cast_precision_loss, reason = "at most sixteen rows")]
        let (mut x, mut y) = (60.0, 256.0 + (220.0 - rows as f32 * size * 1.52).max(0.0) / 2.0);
        for (place, group) in board.groups.iter().enumerate() {
            if place > 0 && place % A_ROW == 0 {
                (x, y) = (60.0, y + size * 1.52);
            }
            for tile in group {
                self.tile(x, y, size, tile.letter, tile.lit, face);
                x += size + 3.0;
            }
            x += size * 0.38;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_a_picture_of_the_promised_size() {
        let pull = SharedPull {
            text: "t3468Go5643BeE3596Some7QvX2nRk1YpLh9WcTz4uaJ".into(),
            display: "did:key:z6Mkt3468Go5643BeE3596Some7QvX2nRk1YpLh9WcTz4uaJ".into(),
            pattern: vanikeys_grind::PatternSpec::new(vanikeys_grind::Kind::Sequence, "GO BE AWE SOME ÄÖ"),
            matched: 3,
            of: 4,
            matches: vec![vanikeys_grind::pattern::SubMatch {
                text: "GO".into(),
                position: 5,
                found: "Go".into(),
                exact: false,
            }],
            one_in: "61670620262.3".into(),
            is_win: false,
            created_at: vanikeys_core::domain::time::Timestamp::from_micros(0),
            receipt: serde_json::Value::Null,
        };
        let file = png(&pull).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (WIDTH, HEIGHT));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert!(pixels.chunks(3).any(|pixel| pixel == AMBER), "the match is lit");
        assert!(file.len() < 80_000, "{} bytes", file.len());
    }
}
