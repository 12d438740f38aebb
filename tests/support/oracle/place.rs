//! How far apart two places are.

use spicchio_core::event::{Number, Point};

use super::quantity::{Exact, whole};

/// The mean radius of the earth.
const RADIUS_METRES: f64 = 6_371_008.8;

/// Along a great circle, rounded to the metre.
pub(super) fn metres(one: Point, other: Point) -> Exact {
    let (north, south) = (radians(one.latitude), radians(other.latitude));
    let (up, along) = ((north - south) / 2.0, (radians(one.longitude) - radians(other.longitude)) / 2.0);
    let half_chord = up.sin().powi(2) + north.cos() * south.cos() * along.sin().powi(2);
    let metres = 2.0 * RADIUS_METRES * half_chord.sqrt().min(1.0).asin();
    #[expect(clippy::cast_possible_truncation, reason = "no two places are farther apart than half the equator")]
    whole(metres.round() as i64)
}

fn radians(degrees: Number) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "degrees are few")]
    let millionths = degrees.millionths() as f64;
    (millionths / 1_000_000.0).to_radians()
}
