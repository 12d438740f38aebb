//! Numbers, instants and durations as evaluation sees them: exact, and linear in now.
//!
//! A quantity is `(constant + slope * now) / scale` in 128 bits, with a positive scale and now in milliseconds. Numbers
//! have the scale of a million, instants and durations count milliseconds. What does not fit is none, as is `x / 0`.

use std::cmp::Ordering;

use crate::event::Number;
use crate::timer::Instant;

/// A value that may grow or shrink with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    constant: i128,
    slope: i128,
    scale: i128,
}

impl Quantity {
    /// A number.
    pub fn number(number: Number) -> Self {
        Self::fraction(i128::from(number.millionths()), i128::from(Number::SCALE))
    }

    /// A count of whole things.
    pub fn count(count: i128) -> Self {
        Self::fraction(count, 1)
    }

    /// `numerator / denominator`, which is positive.
    pub const fn fraction(numerator: i128, denominator: i128) -> Self {
        Self { constant: numerator, slope: 0, scale: denominator }
    }

    /// An instant, or a duration in milliseconds.
    pub fn millis(millis: i64) -> Self {
        Self::fraction(i128::from(millis), 1)
    }

    /// How long ago an instant quantity is: `now - self`.
    pub fn since(self) -> Option<Self> {
        Self { constant: 0, slope: 1, scale: 1 }.minus(self)
    }

    /// How long until an instant quantity: `self - now`.
    pub fn until(self) -> Option<Self> {
        self.minus(Self { constant: 0, slope: 1, scale: 1 })
    }

    /// The sum, unless it does not fit.
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.scale == other.scale {
            return Some(Self {
                constant: self.constant.checked_add(other.constant)?,
                slope: self.slope.checked_add(other.slope)?,
                scale: self.scale,
            });
        }
        let scale = self.scale.checked_mul(other.scale)?;
        let part = |a: i128, b: i128| a.checked_mul(other.scale)?.checked_add(b.checked_mul(self.scale)?);
        Some(
            Self { constant: part(self.constant, other.constant)?, slope: part(self.slope, other.slope)?, scale }
                .reduced(),
        )
    }

    /// The difference, unless it does not fit.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated()?)
    }

    /// The opposite, unless it does not fit.
    pub fn negated(self) -> Option<Self> {
        Some(Self { constant: self.constant.checked_neg()?, slope: self.slope.checked_neg()?, scale: self.scale })
    }

    /// The product of two quantities of which at most one depends on now.
    pub fn times(self, other: Self) -> Option<Self> {
        let (varying, factor) = if other.slope == 0 { (self, other) } else { (other, self) };
        (factor.slope == 0).then_some(())?;
        let product = Self {
            constant: varying.constant.checked_mul(factor.constant)?,
            slope: varying.slope.checked_mul(factor.constant)?,
            scale: varying.scale.checked_mul(factor.scale)?,
        };
        Some(product.reduced())
    }

    /// The quotient by a quantity that does not depend on now; none by zero.
    pub fn over(self, divisor: Self) -> Option<Self> {
        (divisor.slope == 0 && divisor.constant != 0).then_some(())?;
        let inverse =
            Self::fraction(divisor.scale.checked_mul(divisor.constant.signum())?, divisor.constant.checked_abs()?);
        self.times(inverse)
    }

    fn reduced(self) -> Self {
        const SMALL: i128 = 1 << 62;
        if self.scale < SMALL && self.constant.abs() < SMALL {
            return self;
        }
        let common = gcd(gcd(self.constant.unsigned_abs(), self.slope.unsigned_abs()), self.scale.unsigned_abs());
        match i128::try_from(common) {
            Ok(common) if common > 1 => {
                Self { constant: self.constant / common, slope: self.slope / common, scale: self.scale / common }
            }
            Ok(_) | Err(_) => self,
        }
    }

    /// How it compares with `other` at `now`, and the next instant at which that differs.
    pub fn compare(self, other: Self, now: Instant) -> Option<(Ordering, Instant)> {
        let (constant, slope) = if self.scale == other.scale {
            (self.constant.checked_sub(other.constant)?, self.slope - other.slope)
        } else {
            let part = |a: i128, b: i128| a.checked_mul(other.scale)?.checked_sub(b.checked_mul(self.scale)?);
            (part(self.constant, other.constant)?, part(self.slope, other.slope)?)
        };
        let millis = i128::from(now.millis());
        let difference = constant.checked_add(slope.checked_mul(millis)?)?;
        let ordering = difference.cmp(&0);
        let toward_zero = difference.signum() == -slope.signum() && slope != 0;
        let next = match ordering {
            _ if slope == 0 => Instant::NEVER,
            Ordering::Equal => now.plus(1),
            Ordering::Less | Ordering::Greater if toward_zero => {
                let steps = ceiling(difference.abs(), slope.abs());
                i64::try_from(steps).map_or(Instant::NEVER, |steps| now.plus(steps))
            }
            Ordering::Less | Ordering::Greater => Instant::NEVER,
        };
        Some((ordering, next))
    }

    /// Its value at `now` in whole units (milliseconds), rounded down.
    pub fn whole_at(self, now: Instant) -> Option<i64> {
        let value = self.constant.checked_add(self.slope.checked_mul(i128::from(now.millis()))?)?;
        i64::try_from(value.div_euclid(self.scale)).ok()
    }

    /// Its value at `now`, rounded half to even to six decimal places.
    pub fn number_at(self, now: Instant) -> Option<Number> {
        let value = self.constant.checked_add(self.slope.checked_mul(i128::from(now.millis()))?)?;
        let scaled = value.checked_mul(i128::from(Number::SCALE))?;
        let (floor, rest) = (scaled.div_euclid(self.scale), scaled.rem_euclid(self.scale));
        let up = match (rest * 2).cmp(&self.scale) {
            Ordering::Less => false,
            Ordering::Equal => floor % 2 != 0,
            Ordering::Greater => true,
        };
        i64::try_from(floor + i128::from(up)).ok().map(Number::from_millionths)
    }
}

fn ceiling(dividend: i128, divisor: i128) -> i128 {
    dividend / divisor + i128::from(dividend % divisor != 0)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::{Instant, Ordering, Quantity};
    use crate::event::Number;

    fn number(text: &str) -> Quantity {
        Quantity::number(Number::parse(text).unwrap())
    }

    #[test]
    fn a_comparison_knows_when_it_changes() {
        let started = Quantity::millis(1_000).since().unwrap();
        let now = Instant::from_millis(1_500);
        let against = |millis| started.compare(Quantity::millis(millis), now);
        assert_eq!(against(700), Some((Ordering::Less, Instant::from_millis(1_700))));
        assert_eq!(against(500), Some((Ordering::Equal, Instant::from_millis(1_501))));
        assert_eq!(against(400), Some((Ordering::Greater, Instant::NEVER)));
        let half = started.over(number("2")).unwrap();
        let reaches = half.compare(Quantity::millis(300), now);
        assert_eq!(reaches, Some((Ordering::Less, Instant::from_millis(1_600))));
    }

    #[test]
    fn quotients_are_compared_exactly_and_shown_rounded_half_to_even() {
        let third = number("1").over(number("3")).unwrap();
        let now = Instant::from_millis(0);
        assert_eq!(third.compare(number("0.333333"), now).unwrap().0, Ordering::Greater);
        assert_eq!(third.times(number("3")).unwrap().compare(number("1"), now).unwrap().0, Ordering::Equal);
        for (part, whole, shown) in [
            ("1", "3", "0.333333"),
            ("2", "3", "0.666667"),
            ("0.000001", "2", "0"),
            ("0.000003", "2", "0.000002"),
            ("-1", "3", "-0.333333"),
        ] {
            let quotient = number(part).over(number(whole)).unwrap();
            assert_eq!(quotient.number_at(now).unwrap().to_string(), shown, "{part} / {whole}");
        }
        assert_eq!(number("1").over(number("0")), None);
    }
}
