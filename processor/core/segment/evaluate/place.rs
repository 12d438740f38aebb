//! How far two places are apart: along a great circle, on a sphere of the earth's mean radius.
//!
//! The functions of angles come from one library for all machines, so that all of them agree to the last bit.

use super::View;
use super::datum::Datum;
use super::operand::value;
use super::quantity::Quantity;
use crate::event::{Number, Point, Value};
use crate::segment::plan::Operand;
use crate::timer::Instant;

/// The earth's mean radius in metres (IUGG).
const RADIUS_METRES: f64 = 6_371_008.8;

/// The distance of two points, and until when it lasts; none where either is none.
pub(super) fn distance<'a>(one: &'a Operand, other: &'a Operand, view: &View<'a>) -> (Datum<'a>, Instant) {
    let (one, one_lasts) = value(one, view);
    let (other, other_lasts) = value(other, view);
    let apart = match (&one, &other) {
        (Datum::Other(Value::Point(one)), Datum::Other(Value::Point(other))) => {
            Datum::Quantity(Quantity::count(i128::from(metres(*one, *other))))
        }
        (_, _) => Datum::None,
    };
    (apart, one_lasts.min(other_lasts))
}

/// By the haversine formula, rounded to the metre.
fn metres(one: Point, other: Point) -> i64 {
    let (latitude, longitude) = (radians(one.latitude), radians(one.longitude));
    let (other_latitude, other_longitude) = (radians(other.latitude), radians(other.longitude));
    let across = libm::sin((other_longitude - longitude) / 2.0);
    let along = libm::sin((other_latitude - latitude) / 2.0);
    let haversine = along * along + libm::cos(latitude) * libm::cos(other_latitude) * across * across;
    let angle = 2.0 * libm::asin(libm::sqrt(haversine.clamp(0.0, 1.0)));
    #[expect(clippy::cast_possible_truncation, reason = "at most half the way around the earth")]
    let metres = libm::round(RADIUS_METRES * angle) as i64;
    metres
}

fn radians(degrees: Number) -> f64 {
    /// One millionth of a degree.
    const PART: f64 = std::f64::consts::PI / 180e6;
    i32::try_from(degrees.millionths()).map_or(0.0, f64::from) * PART
}

#[cfg(test)]
mod tests {
    use super::metres;
    use crate::event::{Number, Point};

    fn point(latitude: &str, longitude: &str) -> Point {
        Point { latitude: Number::parse(latitude).unwrap(), longitude: Number::parse(longitude).unwrap() }
    }

    /// Places whose distance follows from the radius alone: arcs of the equator and of meridians.
    #[test]
    fn arcs_of_great_circles() {
        // A quarter is the radius times pi / 2, and a degree of it a ninetieth.
        let quarter = 10_007_557;
        for (one, other, expected) in [
            (point("0", "0"), point("0", "0"), 0),
            (point("45.464203", "9.189982"), point("45.464203", "9.189982"), 0),
            (point("0", "0"), point("0", "90"), quarter),
            (point("0", "0"), point("90", "-37.5"), quarter),
            (point("90", "0"), point("-90", "12"), 20_015_114),
            (point("0", "-180"), point("0", "180"), 0),
            (point("0", "179.5"), point("0", "-179.5"), 111_195),
            (point("0", "90"), point("0", "-90"), 20_015_114),
            (point("0.000001", "0"), point("0", "0"), 0),
            (point("0.00001", "0"), point("0", "0"), 1),
        ] {
            assert_eq!(metres(one, other), expected, "{one:?} {other:?}");
            assert_eq!(metres(other, one), expected, "{other:?} {one:?}");
        }
    }

    /// The law of cosines on the sphere, computed otherwise, agrees for places that are not close.
    #[test]
    fn agrees_with_the_law_of_cosines() {
        let angle = |degrees: i32| f64::from(degrees).to_radians();
        for latitude in (-90..=90).step_by(15) {
            for other in (-90..=90).step_by(20) {
                for longitude in (-180..=180).step_by(24) {
                    let (a, b, apart) = (angle(latitude), angle(other), angle(longitude));
                    let cosine = a.sin() * b.sin() + a.cos() * b.cos() * apart.cos();
                    let expected = 6_371_008.8 * cosine.clamp(-1.0, 1.0).acos();
                    let found =
                        metres(point(&latitude.to_string(), "0"), point(&other.to_string(), &longitude.to_string()));
                    #[expect(clippy::cast_precision_loss, reason = "metres on earth")]
                    let difference = (found as f64 - expected).abs();
                    assert!(difference <= 0.6, "{latitude} {other} {longitude}: {found} {expected}");
                }
            }
        }
    }
}
