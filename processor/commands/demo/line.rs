//! One transition as one line that people read.

use spicchio_core::timer::Instant;

use super::announced::{Announced, Way};
use super::people;
use super::shopper::{DAY, HOUR, MINUTE};

/// How wide the reason may be, in characters; what is longer is cut.
const WHY_COLUMNS_MAX: usize = 44;

/// Colors for a terminal, or none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    /// Whether to color.
    pub(super) on: bool,
}

impl Paint {
    const GREEN: &str = "32";
    const YELLOW: &str = "33";
    const CYAN: &str = "36";
    const DIM: &str = "2";

    fn with(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// In the background.
    pub(super) fn dim(self, text: &str) -> String {
        self.with(Self::DIM, text)
    }
}

/// The line: when, who, which way, what, by what, why, until when.
pub(super) fn line(announced: &Announced, paint: Paint) -> String {
    let when = announced.at().map(moment).unwrap_or_default();
    let who = people::name(announced.customer());
    let (sign, way, color) = match announced.way() {
        Way::Entered => ('+', "entered", Paint::GREEN),
        Way::Exited => ('-', "left   ", Paint::YELLOW),
        Way::Moved => ('>', "came to", Paint::GREEN),
    };
    let what = paint.with(color, &format!("{sign} {way} {:<28}", announced.what()));
    let cause = format!("by {:<5}", announced.cause());
    let cause = if announced.is_by_time() { paint.with(Paint::CYAN, &cause) } else { cause };
    let until = announced.until().filter(|_| announced.way() != Way::Exited);
    let until = until.map(|until| format!("  until {}", later(until, announced.at()))).unwrap_or_default();
    format!("{when}  {who:<15} {what} {cause} {}", paint.dim(&format!("{}{until}", announced.why(WHY_COLUMNS_MAX))))
}

/// A moment that is yet to come; in another year than `at` its date is enough.
fn later(until: Instant, at: Option<Instant>) -> String {
    let year = |instant: Instant| instant.to_string().get(..4).map(str::to_owned).unwrap_or_default();
    let told = moment(until);
    match at {
        Some(at) if year(at) == year(until) => told,
        Some(_) | None => format!("{} {}", told.get(..10).unwrap_or_default(), year(until)),
    }
}

/// `Mon 23 Nov 14:05`, in UTC.
pub(super) fn moment(at: Instant) -> String {
    const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // 1 January 1970 was a Thursday.
    let weekday = usize::try_from(at.millis().div_euclid(DAY).rem_euclid(7)).unwrap_or(0);
    let weekday = WEEKDAYS.get(weekday).copied().unwrap_or_default();
    let text = at.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let month = part(5, 7)
        .parse::<usize>()
        .ok()
        .and_then(|month| MONTHS.get(month.checked_sub(1)?))
        .copied()
        .unwrap_or_default();
    let of_day = at.millis().rem_euclid(DAY);
    let clock = format!("{:02}:{:02}", of_day / HOUR, of_day % HOUR / MINUTE);
    format!("{weekday} {} {month} {clock}", part(8, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_as_people_tell_it() {
        for (instant, told) in [
            ("2026-11-23T14:05:59.999Z", "Mon 23 Nov 14:05"),
            ("2024-02-29T00:00:00Z", "Thu 29 Feb 00:00"),
            ("1969-12-31T23:59:00Z", "Wed 31 Dec 23:59"),
        ] {
            assert_eq!(moment(Instant::parse(instant).unwrap()), told);
        }
    }

    #[test]
    fn a_move_says_to_which_stage() {
        let value = br#"{"customer_id":"c-000","segment":"life-cycle","change":"moved","from":"new","to":"loyal",
            "cause":"event","at":"2026-11-23T14:00:00.000Z","until":null}"#;
        let told = line(&Announced::read(value).unwrap(), Paint { on: false });
        assert!(told.contains("> came to life-cycle: loyal"), "{told}");
    }

    #[test]
    fn a_line_says_who_what_why_and_until_when() {
        let value = br#"{"customer_id":"c-000","segment":"cart-abandoned","change":"entered","cause":"time",
            "at":"2026-11-23T14:00:00.000Z","until":"2026-11-26T10:00:00.000Z",
            "because":[{"condition":"since(last(cart_add)) >= 4h","value":"4h"}]}"#;
        let told = line(&Announced::read(value).unwrap(), Paint { on: false });
        for part in
            ["Mon 23 Nov 14:00", "Ada Bianchi", "+ entered cart-abandoned", "by time", "= 4h", "until Thu 26 Nov"]
        {
            assert!(told.contains(part), "{told}");
        }
    }
}
