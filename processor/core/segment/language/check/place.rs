//! Places: `point(..)` with its degrees, and `distance(..)`.

use super::Checker;
use super::typed::Typed;
use crate::event::{Number, Point, Value};
use crate::segment::language::ast::{Node, NodeKind};
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Term, Type};

impl Checker<'_> {
    pub(super) fn point(&mut self, [latitude, longitude]: &[Node; 2], span: Span) -> Option<Typed> {
        let latitude = self.degrees(latitude, "latitude", Point::LATITUDE_MAX);
        let longitude = self.degrees(longitude, "longitude", Point::LONGITUDE_MAX);
        let point = Point { latitude: latitude?, longitude: longitude? };
        Some(Typed::constant(Value::Point(point), Type::Point, span))
    }

    fn degrees(&mut self, node: &Node, name: &str, most: Number) -> Option<Number> {
        let NodeKind::Number(degrees) = node.kind else {
            if node.kind == NodeKind::Mistake {
                return None;
            }
            let message = format!("a {name} is written as a number");
            let help = "a point is `point(45.46, 9.19)`: latitude, then longitude, in degrees";
            return self.fail(Diagnostic::error("type-mismatch", node.span, message).help(help));
        };
        if degrees.millionths().unsigned_abs() <= most.millionths().unsigned_abs() {
            return Some(degrees);
        }
        let message = format!("a {name} lies between -{most} and {most} degrees");
        let help = "the latitude comes first, then the longitude";
        self.fail(Diagnostic::error("point-out-of-range", node.span, message).help(help))
    }

    /// `distance(P, P)`
    pub(super) fn apart(&mut self, [one, other]: &[Node; 2], span: Span) -> Option<Typed> {
        let one = self.wanted(one, &Type::Point, "`distance`");
        let other = self.wanted(other, &Type::Point, "`distance`");
        let (one, other) = (Box::new(one?), Box::new(other?));
        Some(Typed::new(Term::Distance(one, other), Type::Distance, span))
    }
}
