//! For every expression e: reading its printed text gives e again, and printing that gives the same text.
//!
//! The expressions are drawn at random from what the grammar and the types allow; those that the checker refuses for a
//! reason of meaning (a calendar length out of place, an empty window) are passed over, and counted so that the claim
//! cannot become empty.

use proptest::prelude::*;

use crate::segment::language::{builtin_declarations, expression};
use crate::segment::{Declarations, Type};
use crate::timer::Zone;

/// A stream of choices from a seed.
struct Choices(u64);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64*: any seed but zero gives all choices in time.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(mixed).unwrap() % bound
    }

    fn one(&mut self, of: &[&str]) -> String {
        of[self.below(of.len())].to_owned()
    }

    fn boolean(&mut self, depth: usize, inside: bool) -> String {
        let leaf = if inside { "gift" } else { "profile.vip" };
        let deeper = depth.saturating_sub(1);
        if depth == 0 {
            return self.one(&["true", "false", leaf]);
        }
        match self.below(13) {
            0 => format!("({} and {})", self.boolean(deeper, inside), self.boolean(deeper, inside)),
            1 => format!("({} or {} or {})", self.boolean(deeper, inside), self.boolean(deeper, inside), leaf),
            2 => format!("(not {})", self.boolean(deeper, inside)),
            3 => format!("({} {} {})", self.number(deeper, inside), self.relation(), self.number(deeper, inside)),
            4 => format!("({} {} {})", self.text(deeper, inside), self.relation(), self.text(deeper, inside)),
            5 => {
                let (low, high) = (self.number(deeper, inside), self.number(deeper, inside));
                format!("({} between {low} and {high})", self.number(deeper, inside))
            }
            6 => format!("({} {} [1, -2.5, 3])", self.number(deeper, inside), self.one(&["in", "not in"])),
            7 => format!(
                "({} {} {})",
                self.text(deeper, inside),
                self.one(&["contains", "starts with", "ends with"]),
                self.text(deeper, inside)
            ),
            8 => format!("({} {})", self.text(deeper, inside), self.one(&["exists", "is missing"])),
            9 if !inside => format!("({} {} {})", self.duration(deeper), self.relation(), self.duration(deeper)),
            10 if !inside => format!("({} {} {})", self.instant(deeper), self.relation(), self.moment(deeper)),
            11 if !inside => format!("sequence({}, {} within 3d; 90d)", self.events(deeper), self.events(deeper)),
            _ => format!(
                "(if {} then {} else {})",
                self.boolean(deeper, inside),
                self.boolean(deeper, inside),
                self.boolean(deeper, inside)
            ),
        }
    }

    fn number(&mut self, depth: usize, inside: bool) -> String {
        let leaf = if inside { "total" } else { "profile.kids" };
        let deeper = depth.saturating_sub(1);
        if depth == 0 {
            return self.one(&["0.5", "12", "-3", leaf]);
        }
        match self.below(8) {
            0 => format!(
                "({} {} {})",
                self.number(deeper, inside),
                self.one(&["+", "-", "*", "/"]),
                self.number(deeper, inside)
            ),
            1 => format!("{} {} {}", self.number(0, inside), self.one(&["*", "/"]), self.number(0, inside)),
            2 => format!("-({})", self.number(deeper, inside)),
            3 if !inside => format!("count({}{})", self.events(deeper), self.window(deeper)),
            4 if !inside => format!(
                "{}({}{})",
                self.one(&["sum", "avg", "min", "max"]),
                self.column(deeper, "total"),
                self.window(deeper)
            ),
            5 if !inside => format!("distinct({}{})", self.column(deeper, "product_id"), self.window(deeper)),
            6 if !inside => format!("({} / {})", self.duration(deeper), self.one(&["1d", "3h", "-2w"])),
            _ => format!(
                "(if {} then {} else {})",
                self.boolean(deeper, inside),
                self.number(deeper, inside),
                self.number(deeper, inside)
            ),
        }
    }

    fn text(&mut self, depth: usize, inside: bool) -> String {
        let leaf = if inside { "coupon" } else { "profile.`home town`" };
        if depth == 0 || inside && self.below(2) == 0 {
            return self.one(&["\"a\"", "\"\\\"\\\\ \u{e9}\"", "\"\"", leaf]);
        }
        match self.below(2) {
            0 => format!("lower({})", self.text(depth - 1, inside)),
            _ if inside => leaf.to_owned(),
            _ => format!("last({}{})", self.column(depth - 1, "product_id"), self.window(depth - 1)),
        }
    }

    fn duration(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.one(&["1d12h", "90s", "-3d", "250ms"]);
        }
        match self.below(6) {
            0 | 1 => format!("{}({})", self.one(&["since", "until"]), self.instant(depth - 1)),
            2 => format!("({} {} {})", self.duration(depth - 1), self.one(&["+", "-"]), self.duration(depth - 1)),
            3 => format!("{} * {}", self.duration(0), self.number(depth - 1, false)),
            4 => format!("({} - {})", self.instant(depth - 1), self.instant(depth - 1)),
            _ => self.one(&["3mo", "1y6mo", "2w"]),
        }
    }

    fn instant(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.one(&[
                "2026-01-01T10:00:00Z",
                "2026-01-01T10:00:00.5+02:00",
                "profile.seen",
                "profile.birthday",
            ]);
        }
        match self.below(3) {
            0 => format!("({} {} {})", self.instant(depth - 1), self.one(&["+", "-"]), self.duration(depth - 1)),
            _ => format!("{}({}{})", self.one(&["first", "last"]), self.events(depth - 1), self.window(depth - 1)),
        }
    }

    fn moment(&mut self, depth: usize) -> String {
        if self.below(2) == 0 { self.one(&["2026-02-28", "profile.birthday"]) } else { self.instant(depth) }
    }

    fn relation(&mut self) -> String {
        self.one(&["==", "!=", "<", "<=", ">", ">="])
    }

    fn events(&mut self, depth: usize) -> String {
        let types = self.one(&["purchase", "refund | purchase", "checkout_start"]);
        if self.below(2) == 0 { types } else { format!("{types} where {}", self.boolean(depth, true)) }
    }

    fn column(&mut self, depth: usize, property: &str) -> String {
        let types = self.one(&["purchase", "(refund | purchase)", "any"]);
        let column = format!("{types}.{property}");
        if types == "any" || self.below(2) == 0 {
            column
        } else {
            format!("{column} where {}", self.boolean(depth, true))
        }
    }

    fn window(&mut self, depth: usize) -> String {
        match self.below(7) {
            0 => ", since 2026-01-01".to_owned(),
            1 => ", 2026-01-01..2026-02-01T00:00:00Z".to_owned(),
            2 => ", 3mo..30d".to_owned(),
            3 | 4 => format!(", {}", self.one(&["90d", "1y", "12h30m"])),
            5 if depth > 0 => format!(", since last({}{})", self.events(depth - 1), self.window(depth - 1)),
            _ => String::new(),
        }
    }
}

fn declarations() -> Declarations {
    let mut declarations = builtin_declarations();
    for (name, ty) in [
        ("vip", Type::Boolean),
        ("kids", Type::Number),
        ("home town", Type::Text),
        ("seen", Type::Instant),
        ("birthday", Type::Date),
    ] {
        declarations.traits.insert(vec![name.into()], ty);
    }
    declarations
}

/// Whether the text means something; if so, that it survives being printed.
fn survives(text: &str) -> Result<bool, TestCaseError> {
    let zone = Zone::named("America/Sao_Paulo").unwrap();
    let Ok(first) = expression(text, &mut declarations(), &zone) else { return Ok(false) };
    let printed = first.to_string();
    let again = expression(&printed, &mut declarations(), &zone);
    let again =
        again.map_err(|mistakes| TestCaseError::fail(format!("{text}\nprints as\n{printed}\n{mistakes:#?}")))?;
    prop_assert_eq!(&first, &again, "{}\nprints as\n{}", text, &printed);
    prop_assert_eq!(again.to_string(), printed);
    Ok(true)
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(seed in 1_u64.., depth in 1_usize..5) {
        survives(&Choices(seed).boolean(depth, false))?;
    }
}

#[test]
fn most_drawn_expressions_mean_something() {
    let drawn = 400;
    let meaning = (1..=drawn).filter(|seed| survives(&Choices(*seed).boolean(3, false)).unwrap()).count();
    assert!(meaning > 150, "{meaning} of {drawn}");
}
