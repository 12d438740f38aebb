//! The canonical text of an expression: parentheses only where needed, comments and layout gone.
//!
//! Reading it gives the same expression again. `DateOf` and `StartOf` have no text of their own: where they stand, the
//! types around them ask for them.

mod form;

use std::fmt::{self, Display, Formatter, Write as _};

use compact_str::CompactString;

use super::language::{REFUNDED, is_reserved, is_word};
use super::{Arithmetic, Expression, Path, Relation, Side, Term, Type};
use crate::event::{Number, Value};

/// How tightly the outermost operator of an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Choice,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Sign,
}

/// An operand, in parentheses where it binds less tightly than its place asks for.
struct Operand<'a>(&'a Expression, Binding);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if binding(&self.0.term) < self.1 { write!(f, "({})", self.0) } else { self.0.fmt(f) }
    }
}

fn binding(term: &Term) -> Binding {
    match term {
        Term::If { .. } => Binding::Choice,
        Term::Or(_) => Binding::Or,
        Term::And(_) => Binding::And,
        Term::Not(_) => Binding::Not,
        Term::Compare(..)
        | Term::Between(..)
        | Term::In { .. }
        | Term::Contains(..)
        | Term::StartsWith(..)
        | Term::EndsWith(..)
        | Term::Missing(_)
        | Term::Exists(_)
        | Term::InPeriod(..)
        | Term::Matches(..) => Binding::Comparison,
        Term::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => Binding::Sum,
        Term::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide, ..) => Binding::Product,
        Term::DateOf(inside) | Term::StartOf(inside) => binding(&inside.term),
        Term::Constant(_)
        | Term::Length(_)
        | Term::Negate(_)
        | Term::Lower(_)
        | Term::Since(_)
        | Term::Until(_)
        | Term::Clock(_)
        | Term::Age(_)
        | Term::DaysUntil(_)
        | Term::Anniversary(_)
        | Term::Metres(_)
        | Term::Distance(..)
        | Term::Bucket { .. }
        | Term::Some { .. }
        | Term::Item(_)
        | Term::Trait(_)
        | Term::SetAt(..)
        | Term::Member(_)
        | Term::Stage(_)
        | Term::Score(_)
        | Term::Property(_)
        | Term::Refunded
        | Term::Form(_)
        | Term::ForSome { .. } => Binding::Sign,
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.term.fmt(f)
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        use Binding::{And, Choice, Not, Sum};
        match self {
            Self::Constant(value) => constant(value, f),
            Self::Length(length) => length.fmt(f),
            Self::And(parts) => joined(parts, " and ", Not, f),
            Self::Or(parts) => joined(parts, " or ", And, f),
            Self::Not(part) => write!(f, "not {}", Operand(part, Not)),
            Self::If { condition, then, otherwise } => write!(f, "if {condition} then {then} else {otherwise}"),
            Self::Compare(relation, one, other) => {
                write!(f, "{} {} {}", Operand(one, Sum), relation.sign(), Operand(other, Sum))
            }
            Self::Between(value, low, high) => {
                write!(f, "{} between {} and {}", Operand(value, Sum), Operand(low, Sum), Operand(high, Sum))
            }
            Self::In { value, list, negated } => {
                write!(f, "{} {} [", Operand(value, Sum), if *negated { "not in" } else { "in" })?;
                joined(list, ", ", Choice, f)?;
                f.write_str("]")
            }
            Self::Contains(one, other) => write!(f, "{} contains {}", Operand(one, Sum), Operand(other, Sum)),
            Self::StartsWith(one, other) => write!(f, "{} starts with {}", Operand(one, Sum), Operand(other, Sum)),
            Self::EndsWith(one, other) => write!(f, "{} ends with {}", Operand(one, Sum), Operand(other, Sum)),
            Self::Missing(part) => write!(f, "{} is missing", Operand(part, Sum)),
            Self::Exists(part) => write!(f, "{} exists", Operand(part, Sum)),
            Self::Arithmetic(operator, one, other) => arithmetic(*operator, one, other, f),
            Self::Negate(part) => negated(part, f),
            Self::Lower(part) => write!(f, "lower({part})"),
            Self::DateOf(part) | Self::StartOf(part) => part.fmt(f),
            Self::Since(part) if matches!(part.term, Self::SetAt(..)) => part.fmt(f),
            Self::Since(part) => write!(f, "since({part})"),
            Self::Until(part) => write!(f, "until({part})"),
            Self::InPeriod(part, period) => write!(f, "{} in {period}", Operand(part, Sum)),
            Self::Clock(dial) => write!(f, "{}()", dial.name()),
            Self::Age(part) => write!(f, "age({part})"),
            Self::DaysUntil(part) => write!(f, "days_until({part})"),
            Self::Anniversary(part) => write!(f, "anniversary({part})"),
            Self::Trait(path) => write!(f, "profile{}", Dotted(path)),
            Self::SetAt(path, _) => write!(f, "held(profile{})", Dotted(path)),
            Self::Member(name) => reference("member", name, f),
            Self::Stage(name) => reference("stage", name, f),
            Self::Score(name) => reference("score", name, f),
            Self::Property(path) | Self::Item(path) => property(path, f),
            Self::Refunded => f.write_str(REFUNDED),
            Self::Metres(metres) => f.write_str(&kilometres(*metres)),
            Self::Distance(one, other) => write!(f, "distance({one}, {other})"),
            Self::Bucket { count, salt } => bucket(*count, salt, f),
            Self::Some { list, condition } => write!(f, "some {list} ({condition})"),
            Self::Matches(text, pattern) => {
                write!(f, "{} matches ", Operand(text, Sum))?;
                quoted(pattern.as_str(), f)
            }
            Self::Form(form) => form.fmt(f),
            Self::ForSome { property, condition, .. } => {
                f.write_str("for some ")?;
                self::property(property, f)?;
                write!(f, " ({condition})")
            }
        }
    }
}

/// A form about another definition.
fn reference(form: &str, name: &CompactString, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "{form}(")?;
    constant(&Value::Text(name.clone()), f)?;
    f.write_str(")")
}

fn joined(parts: &[Expression], link: &str, least: Binding, f: &mut Formatter<'_>) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(link)?;
        }
        Operand(part, least).fmt(f)?;
    }
    Ok(())
}

fn arithmetic(operator: Arithmetic, one: &Expression, other: &Expression, f: &mut Formatter<'_>) -> fmt::Result {
    let (sign, left, right) = match operator {
        Arithmetic::Add => ("+", Binding::Sum, Binding::Product),
        Arithmetic::Subtract => ("-", Binding::Sum, Binding::Product),
        Arithmetic::Multiply => ("*", Binding::Product, Binding::Sign),
        Arithmetic::Divide => ("/", Binding::Product, Binding::Sign),
    };
    write!(f, "{} {sign} {}", Operand(one, left), Operand(other, right))
}

/// A minus sign before a number literal would be read as part of it.
fn negated(part: &Expression, f: &mut Formatter<'_>) -> fmt::Result {
    let literal = matches!(&part.term, Term::Constant(Value::Number(number)) if number.millionths() >= 0);
    if literal { write!(f, "-({part})") } else { write!(f, "-{}", Operand(part, Binding::Sign)) }
}

fn constant(value: &Value, f: &mut Formatter<'_>) -> fmt::Result {
    match value {
        Value::Boolean(boolean) => boolean.fmt(f),
        Value::Number(number) => number.fmt(f),
        Value::Text(text) => quoted(text, f),
        Value::Instant(instant) => instant.fmt(f),
        Value::Date(date) => date.fmt(f),
        Value::Point(point) => write!(f, "point({}, {})", point.latitude, point.longitude),
        Value::List(items) => {
            f.write_str("[")?;
            for (index, item) in items.iter().enumerate() {
                f.write_str(if index > 0 { ", " } else { "" })?;
                constant(item, f)?;
            }
            f.write_str("]")
        }
        Value::Object(fields) => {
            f.write_str("{")?;
            for (index, (name, field)) in fields.iter().enumerate() {
                write!(f, "{}{}: ", if index > 0 { ", " } else { "" }, Name(name))?;
                constant(field, f)?;
            }
            f.write_str("}")
        }
    }
}

fn bucket(count: u32, salt: &str, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "bucket({count}")?;
    if !salt.is_empty() {
        f.write_str(", ")?;
        quoted(salt, f)?;
    }
    f.write_str(")")
}

/// Metres as they are written: `12.345km`.
pub(super) fn kilometres(metres: i64) -> String {
    let millionths = metres.saturating_mul(Number::SCALE / 1_000);
    format!("{}km", Number::from_millionths(millionths))
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

/// A name where reserved words need backticks.
struct Name<'a>(&'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if is_word(self.0) && !is_reserved(self.0) { f.write_str(self.0) } else { write!(f, "`{}`", self.0) }
    }
}

/// Names behind dots, where every word is a name.
struct Dotted<'a>(&'a [CompactString]);

impl Display for Dotted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|name| if is_word(name) { write!(f, ".{name}") } else { write!(f, ".`{name}`") })
    }
}

fn property(path: &Path, f: &mut Formatter<'_>) -> fmt::Result {
    match path.split_first() {
        None => Ok(()),
        Some((first, rest)) => write!(f, "{}{}", Name(first), Dotted(rest)),
    }
}

impl Relation {
    /// Its sign: `==`.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Side {
    /// Its word: `first` or `last`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
        }
    }
}

/// The name that declarations use: `number`.
impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::Text => "text",
            Self::Instant => "instant",
            Self::Date => "date",
            Self::Duration => "duration",
            Self::List => "list",
            Self::Point => "point",
            Self::Distance => "distance",
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::segment::language::{builtin_declarations, expression};
    use crate::segment::{Declarations, Type};
    use crate::timer::Zone;

    fn declarations() -> Declarations {
        let mut declarations = builtin_declarations();
        for (name, ty) in
            [("birthday", Type::Date), ("tags", Type::List), ("home", Type::Point), ("seen", Type::Instant)]
        {
            declarations.traits.insert(vec![name.into()], ty);
        }
        declarations.traits.insert(vec!["a b".into(), "any".into()], Type::Number);
        declarations
    }

    /// Texts, and the canonical text of the same expression.
    const TEXTS: &[(&str, &str)] = &[
        ("count(purchase)==0", "count(purchase) == 0"),
        ("((count(purchase))) == (0)", "count(purchase) == 0"),
        ("(profile.a and profile.b) or profile.c", "profile.a and profile.b or profile.c"),
        ("profile.a and (profile.b or profile.c)", "profile.a and (profile.b or profile.c)"),
        ("(profile.a and profile.b) and profile.c", "(profile.a and profile.b) and profile.c"),
        ("not (count(purchase) == 1)", "not count(purchase) == 1"),
        ("not (not profile.a)", "not not profile.a"),
        ("not (profile.a and profile.b)", "not (profile.a and profile.b)"),
        ("(not profile.a) == profile.b", "(not profile.a) == profile.b"),
        ("1 + 2 * 3 - 4 == 3", "1 + 2 * 3 - 4 == 3"),
        ("1 - (2 - 3) - (4 * 5) == -6", "1 - (2 - 3) - 4 * 5 == -6"),
        ("(1 + 2) * 3 / (4 / 5)", "(1 + 2) * 3 / (4 / 5)"),
        ("-(5) - -5 - --5 + -(1 + 2)", "-(5) - -5 - --5 + -(1 + 2)"),
        ("-since(last(purchase)) < -(3d)", "-since(last(purchase)) < -3d"),
        ("1 + (if profile.a then 1 else 2)", "1 + (if profile.a then 1 else 2)"),
        (
            "if profile.a then (if profile.b then 1 else 2) else (3)",
            "if profile.a then if profile.b then 1 else 2 else 3",
        ),
        ("(if profile.a then 1 else 2) == 3", "(if profile.a then 1 else 2) == 3"),
        (r#"lower(profile.a)matches"^a\\b\"$""#, r#"lower(profile.a) matches "^a\\b\"$""#),
        ("bucket( 100,\"\")<3", "bucket(100) < 3"),
        ("bucket(100, \"x\") < 3", "bucket(100, \"x\") < 3"),
        (
            "distance(profile.home,point(45.460,-9.19)) <=30.50km",
            "distance(profile.home, point(45.46, -9.19)) <= 30.5km",
        ),
        ("some profile.tags(key==\"cars\"and value>45)", "some profile.tags (key == \"cars\" and value > 45)"),
        (
            "count(purchase where some items (category == \"lenses\")) > 0",
            "count(purchase where some items (category == \"lenses\")) > 0",
        ),
        ("last( purchase )in   this  week", "last(purchase) in this week"),
        ("profile.birthday in tomorrow", "profile.birthday in tomorrow"),
        ("(last(purchase) - 1d) in today", "last(purchase) - 1d in today"),
        ("count(purchase, last  month) > 0", "count(purchase, last month) > 0"),
        ("sequence(cart_add, purchase; yesterday)", "sequence(cart_add, purchase; yesterday)"),
        ("hour( )+weekday()*2 > day_of_month()", "hour() + weekday() * 2 > day_of_month()"),
        ("age(last(purchase)) >= 1", "age(last(purchase)) >= 1"),
        ("days_until(anniversary(profile.birthday)) < 7", "days_until(anniversary(profile.birthday)) < 7"),
        ("days_until(profile.birthday) < 7", "days_until(profile.birthday) < 7"),
        ("profile.a in [1, -2.50]", "profile.a in [1, -2.5]"),
        ("profile.a not in [\"x\", \"\\\"y\\\\z\\w\"]", "profile.a not in [\"x\", \"\\\"y\\\\z\\\\w\"]"),
        ("not profile.a in [1]", "not profile.a in [1]"),
        ("since(last(purchase)) between 1d and 24h60m", "since(last(purchase)) between 1d and 1d1h"),
        ("since(last(purchase)) between 1d and 3mo", "since(last(purchase)) >= 1d and since(last(purchase)) <= 3mo"),
        ("since(last(purchase)) in [1d, 2w]", "since(last(purchase)) == 1d or since(last(purchase)) == 14d"),
        ("until(last(purchase)) in [-1d, 0s]", "until(last(purchase)) == -1d or until(last(purchase)) == 0ms"),
        ("since(last(purchase)) not in [1mo]", "since(last(purchase)) != 1mo"),
        ("14mo <= since(profile.birthday)", "1y2mo <= since(profile.birthday)"),
        ("since(2026-01-01) > 3d", "since(2025-12-31T23:00:00.000Z) > 3d"),
        ("last(purchase) >= 2026-01-01", "last(purchase) >= 2026-01-01"),
        ("last(purchase) between 2026-01-01 and 2026-02-01", "last(purchase) between 2026-01-01 and 2026-02-01"),
        ("profile.birthday in [2026-01-01T00:00:00Z]", "profile.birthday in [2026-01-01]"),
        ("profile.`a b`.any == profile.`a b`.`any`", "profile.`a b`.any == profile.`a b`.any"),
        ("profile.tags contains \"x\" and profile.tags exists", "profile.tags contains \"x\" and profile.tags exists"),
        (
            "lower(profile.n) starts with \"x\" or profile.n ends with \"y\"",
            "lower(profile.n) starts with \"x\" or profile.n ends with \"y\"",
        ),
        (
            "sum((purchase | cart_add).price where `name` exists, 90d..0d) > 3",
            "sum((cart_add | purchase).price where name exists, 90d) > 3",
        ),
        (
            "count(purchase|purchase where total>1 or coupon is missing, 90d..30d)",
            "count(purchase where total > 1 or coupon is missing, 90d..30d)",
        ),
        ("count(any, since 2026-01-01T10:00:00+01:00)", "count(any, since 2026-01-01T09:00:00.000Z)"),
        (
            "count(any | purchase, 2026-01-01T10:00:00Z..2026-01-02T10:00:00Z)",
            "count(any, 2026-01-01T10:00:00.000Z..2026-01-02T10:00:00.000Z)",
        ),
        ("distinct(any.channel)", "distinct(any.channel)"),
        (
            "days(purchase, since last(cart_add where price > 3, 30d)) > 0",
            "days(purchase, since last(cart_add where price > 3, 30d)) > 0",
        ),
        ("last(purchase.items)", "last(purchase.items)"),
        (
            "for some product_id (count(page_view, 24h) >= 3 and count(purchase) == 0)",
            "for some product_id (count(page_view, 1d) >= 3 and count(purchase) == 0)",
        ),
        (
            "sequence(cart_add, purchase where total > 3 within 3d; 90d)",
            "sequence(cart_add, purchase where total > 3 within 3d; 90d)",
        ),
        ("sequence(cart_add, purchase)", "sequence(cart_add, purchase)"),
        (
            "sequence(search, without purchase within 1h, page_view within 2h;all within 1d;30d)",
            "sequence(search, without purchase within 1h, page_view within 2h; all within 1d; 30d)",
        ),
        (
            "since(last(purchase, 1)) > since(first(purchase,3, 90d))",
            "since(last(purchase)) > since(first(purchase, 3, 90d))",
        ),
        ("count(any, since last(cart_add, 2, 30d)) > 0", "count(any, since last(cart_add, 2, 30d)) > 0"),
        (
            "top(purchase.items.category by sum(purchase.items.price) where total>3, 90d) == \"a\"",
            "top(purchase.items.category by sum(purchase.items.price) where total > 3, 90d) == \"a\"",
        ),
        ("top((refund|purchase).category) exists", "top((purchase | refund).category) exists"),
        (
            "values(purchase.items.product_id, 7d) contains \"a\"",
            "values(purchase.items.product_id, 7d) contains \"a\"",
        ),
        ("visits(page_view, gap 30m, 7d) > 2", "visits(page_view, gap 30m, 7d) > 2"),
        ("time_spent(page_view, gap 30m) >= 1h", "time_spent(page_view, gap 30m) >= 1h"),
        (
            "net(purchase.total where coupon exists, 1y) > 3 and count(purchase where not refunded) > 0",
            "net(purchase.total where coupon exists, 1y) > 3 and count(purchase where not refunded) > 0",
        ),
        ("1d + last(purchase) - profile.seen + 2 * 1d", "last(purchase) + 1d - profile.seen + 1d * 2"),
        ("since(last(purchase)) / 1d * 2", "since(last(purchase)) / 1d * 2"),
        (
            "avg(purchase.total) + min(purchase.total) + max(purchase.total)",
            "avg(purchase.total) + min(purchase.total) + max(purchase.total)",
        ),
        ("first(purchase.total where coupon exists, 90d)", "first(purchase.total where coupon exists, 90d)"),
        ("until(profile.birthday + 3d) < 1mo", "until(profile.birthday + 3d) < 1mo"),
    ];

    #[test]
    fn printing_is_canonical_and_reads_back() {
        let zone = Zone::named("Europe/Rome").unwrap();
        for &(text, canonical) in TEXTS {
            let read = |text: &str| {
                expression(text, &mut declarations(), &zone).unwrap_or_else(|mistakes| panic!("{text}: {mistakes:#?}"))
            };
            let first = read(text);
            assert_eq!(first.to_string(), canonical);
            assert_eq!(read(canonical), first, "{canonical}");
        }
    }
}
