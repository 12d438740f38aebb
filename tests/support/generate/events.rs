//! Random events, filters, columns and windows.

use spicchio_core::segment::{ColumnRef, Events, Expression, Nth, Path, Selection, Side, Term, Type, Window};
use spicchio_core::timer::Length;

use super::Author;
use super::author::truth;
use crate::build::refunded;

/// The type that refunds take back.
const PURCHASE: &str = "purchase";
/// The property that holds an event's line items.
const LINE_ITEMS: &str = "items";

impl Author<'_> {
    /// One type, a union or `any`, with a filter or without.
    pub(super) fn events(&mut self) -> Events {
        let selection = if !self.is_restricted && self.random.chance(8) {
            Selection::Any
        } else {
            let many = if self.random.chance(25) { 2 } else { 1 };
            Selection::Types(self.some_types(|_| true, many))
        };
        self.filtered(selection)
    }

    /// A property of that type, on types that declare it; nothing where none does.
    pub(super) fn column(&mut self, ty: &Type) -> Option<ColumnRef> {
        let paths = self.declarations.events.iter().filter(|event| self.types.contains(&event.name));
        let paths = paths.flat_map(|event| event.properties.iter()).filter(|(_, property)| property.ty == *ty);
        let paths = paths.map(|(path, _)| path.clone()).collect::<Vec<_>>();
        let path = (!paths.is_empty()).then(|| self.random.pick(&paths).clone())?;
        let many = if self.random.chance(25) { 2 } else { 1 };
        let selection = Selection::Types(self.some_types(|event| event.properties.contains_key(&path), many));
        let nonnegative = self.is_nonnegative(&selection, &path);
        Some(ColumnRef { events: self.filtered(selection), path, items: false, ty: ty.clone(), nonnegative })
    }

    /// The same, or a property of line items where it can be one.
    pub(super) fn spread_column(&mut self, ty: &Type) -> Option<ColumnRef> {
        let items = [LINE_ITEMS.into()];
        let listing = self.declarations.events.iter().filter(|event| event.properties.contains_key(items.as_slice()));
        let listing = listing.filter(|event| self.types.contains(&event.name)).collect::<Vec<_>>();
        if listing.is_empty() || self.random.chance(65) {
            return self.column(ty);
        }
        let event = *self.random.pick(&listing);
        let plain = event.properties.iter().filter(|(path, property)| path.len() == 1 && property.ty == *ty);
        let plain = plain.collect::<Vec<_>>();
        if plain.is_empty() {
            return self.column(ty);
        }
        let (below, property) = *self.random.pick(&plain);
        let path = items.into_iter().chain(below.iter().cloned()).collect();
        let events = self.filtered(Selection::Types(vec![event.name.clone()]));
        Some(ColumnRef { events, path, items: true, ty: ty.clone(), nonnegative: property.nonnegative })
    }

    /// The total of purchases, where they can be read.
    pub(super) fn net_column(&mut self) -> Option<ColumnRef> {
        self.types.iter().any(|name| name == PURCHASE).then_some(())?;
        let selection = Selection::Types(vec![PURCHASE.into()]);
        let path: Path = vec![(*self.random.pick(&["total", "price"])).into()];
        let nonnegative = self.is_nonnegative(&selection, &path);
        let filter = if self.random.chance(25) { self.filter(&selection) } else { None };
        let events = Events { selection, filter: filter.map(Into::into) };
        Some(ColumnRef { events, path, items: false, ty: Type::Number, nonnegative })
    }

    /// A window of a kind that this scale has.
    pub(super) fn window(&mut self, depth: u8) -> Window {
        let opened = if depth > 0 { 3 } else { 0 };
        match self.random.weighted(&[(6, 'l'), (8, 'd'), (3, 'p'), (2, 'b'), (opened, 'a')]) {
            'd' => Window::Last { from: self.length(), to: Length::default() },
            'p' => self.past_window(),
            'b' => {
                let ticks = self.random.between(0, self.scale.ticks);
                let more = self.random.between(1, self.scale.ticks / 4);
                let end = self.random.chance(60).then(|| self.scale.at(ticks + more));
                Window::Between { from: self.scale.at(ticks), to: end }
            }
            'a' => {
                let nth = self.nth();
                Window::After(nth, self.events(), self.window(depth - 1).into())
            }
            _ => Window::Life,
        }
    }

    /// The first or last event, now and then a later or earlier one.
    pub(super) fn nth(&mut self) -> Nth {
        let side = if self.random.chance(30) { Side::First } else { Side::Last };
        Nth { side, ordinal: self.random.weighted(&[(8, 1), (2, 2), (1, 3)]) }
    }

    /// A length that runs out within the scale, short ones more often.
    pub(super) fn length(&mut self) -> Length {
        let longest = self.random.weighted(&[(1, 4), (3, 20), (3, 60), (2, 150)]);
        let ticks = self.random.between(1, longest);
        if !self.scale.is_calendar || self.random.chance(50) {
            return self.scale.length(ticks);
        }
        let months = i32::from(self.random.chance(40)) + 1;
        let more = if self.random.chance(30) { self.scale.length(ticks.min(9)) } else { Length::default() };
        Length::new(months, more.millis())
    }

    fn past_window(&mut self) -> Window {
        // The older edge is at least a month farther than the newer one wherever months are concerned.
        let to = self.scale.length(self.random.between(1, 30));
        let from = self.length();
        let from = Length::new(from.months(), from.millis() + to.millis());
        Window::Last { from, to }
    }

    fn filtered(&mut self, selection: Selection) -> Events {
        let filter = if self.random.chance(35) { self.filter(&selection) } else { None };
        let purchases = matches!(&selection, Selection::Types(types) if types.as_slice() == [PURCHASE]);
        let filter = if purchases && self.random.chance(25) { Some(self.settled(filter)) } else { filter };
        Events { selection, filter: filter.map(Into::into) }
    }

    /// The filter, and whether a purchase was refunded.
    fn settled(&mut self, filter: Option<Expression>) -> Expression {
        let refunded = refunded();
        let asked = if self.random.chance(70) { truth(Term::Not(refunded.into())) } else { refunded };
        match filter {
            None => asked,
            Some(Expression { term: Term::And(mut parts), .. }) => {
                parts.push(asked);
                truth(Term::And(parts))
            }
            Some(filter) => truth(Term::And(vec![filter, asked])),
        }
    }

    fn some_types(
        &mut self,
        fits: impl Fn(&spicchio_core::segment::EventType) -> bool,
        many: usize,
    ) -> Vec<compact_str::CompactString> {
        let known = self.declarations.events.iter().filter(|event| self.types.contains(&event.name) && fits(event));
        let known = known.map(|event| event.name.clone()).collect::<Vec<_>>();
        let picked = (0..many).map(|_| self.random.pick(&known).clone()).collect::<Vec<_>>();
        self.ranked(&picked)
    }

    /// The same types in the order of their ranks, each once.
    fn ranked(&self, types: &[compact_str::CompactString]) -> Vec<compact_str::CompactString> {
        let names = self.declarations.events.iter().map(|event| &event.name);
        names.filter(|name| types.contains(name)).cloned().collect()
    }

    fn is_nonnegative(&self, selection: &Selection, path: &Path) -> bool {
        let declared = self.declarations.events.iter().filter(|event| match selection {
            Selection::Any => true,
            Selection::Types(types) => types.contains(&event.name),
        });
        declared.filter_map(|event| event.properties.get(path)).all(|property| property.nonnegative)
    }
}
