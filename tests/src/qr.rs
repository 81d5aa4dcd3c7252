//! What a camera reads of a QR code that the server has drawn.

use std::collections::BTreeSet;

use rqrr::PreparedImage;
use shared::api::QrPicture;

/// Pixels on a square's side.
const SCALE: usize = 4;

/// The text in a picture.
pub fn read(picture: &QrPicture) -> String {
    let squares = picture.path.split('M').filter(|square| !square.is_empty());
    let dark: BTreeSet<(usize, usize)> = squares.map(corner).collect();
    let side = picture.size as usize * SCALE;
    let is_dark = |x: usize, y: usize| dark.contains(&(x / SCALE, y / SCALE));
    let mut image = PreparedImage::prepare_from_bitmap(side, side, is_dark);
    let grids = image.detect_grids();
    let grid = grids.first().expect("a QR code in the picture");
    grid.decode().expect("one that can be read").1
}

/// Of a square such as `12 7h1v1h-1z`.
fn corner(square: &str) -> (usize, usize) {
    let at = square.strip_suffix("h1v1h-1z").expect("a square of side 1");
    let (x, y) = at.split_once(' ').expect("two numbers");
    (x.parse().expect("a number"), y.parse().expect("a number"))
}
