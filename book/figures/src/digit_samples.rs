//! The digits that the program draws, and what a network learns of them.

use std::error::Error;
use std::fmt::Write;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use no_magic::digits::{self, CLASSES, SIDE};
use no_magic_program::recipe::DigitsRecipe;
use no_magic_program::session::{DigitsSession, Session};
use png::{BitDepth, ColorType, Encoder};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use svg::node::element::Image;

use crate::canvas::Canvas;

const ROWS: usize = 4;
const EPOCHS: usize = 20;

/// Four of each digit, from seed 0.
pub fn draw() -> Result<String, Box<dyn Error>> {
    let (width, height) = (CLASSES * SIDE, ROWS * SIDE);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut pixels = vec![0; width * height];
    for row in 0..ROWS {
        for digit in 0..CLASSES {
            let picture = digits::draw(digit, &mut rng);
            for (i, &ink) in picture.iter().enumerate() {
                let place =
                    (row * SIDE + i / SIDE) * width + digit * SIDE + i % SIDE;
                pixels[place] = gray(ink);
            }
        }
    }
    let mut canvas = Canvas::new(
        (width as f64 * 2.0, height as f64 * 2.0),
        "Four rows of the digits from 0 to 9, of 28 by 28 pixels each, black on \
         white: turned, slanted, thick and thin, large and small, and all of them \
         covered with noise.",
        "Four of each digit, as the generator draws them from seed 0.",
    );
    canvas.add(
        Image::new()
            .set(
                "href",
                format!("data:image/png;base64,{}", png(&pixels, width, height)?),
            )
            .set("class", "paper")
            .set("width", "100%")
            .set("height", "100%"),
    );
    Ok(canvas.finish())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 255"
)]
fn gray(ink: f64) -> u8 {
    (255.0 * (1.0 - ink)).round() as u8
}

fn png(
    pixels: &[u8],
    width: usize,
    height: usize,
) -> Result<String, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder =
        Encoder::new(&mut file, width.try_into()?, height.try_into()?);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(BASE64_STANDARD.encode(file))
}

/// What `no-magic digits` prints, plain and regularized, without the seconds.
pub fn runs() -> Result<[String; 2], Box<dyn Error>> {
    let plain = DigitsRecipe::default();
    let regularized =
        DigitsRecipe { dropout: 0.2, weight_decay: 0.3, ..plain.clone() };
    Ok([run(plain)?, run(regularized)?])
}

fn run(mut recipe: DigitsRecipe) -> Result<String, Box<dyn Error>> {
    recipe.basics.epochs = EPOCHS;
    let mut session = DigitsSession::new(recipe)?;
    session.finish()?;
    let mut text = format!("{}\n", session.heading());
    for epoch in &session.course().epochs {
        writeln!(text, "{epoch}")?;
    }
    Ok(text)
}
