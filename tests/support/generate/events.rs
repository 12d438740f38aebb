//! Random events, filters, columns and windows.

use crate::definition::{ColumnRef, Events, Selection, Side, Type, Window};
use spicchio_core::timer::Length;

use super::Author;
use super::repertoire::has;

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
        Some(ColumnRef { events: self.filtered(selection), path, ty: ty.clone() })
    }

    /// A window of a kind that this scale has.
    pub(super) fn window(&mut self, depth: u8) -> Window {
        let opened = if depth > 0 { 3 } else { 0 };
        let named = if has("calendar_window") { 3 } else { 0 };
        match self.random.weighted(&[(6, 'l'), (8, 'd'), (3, 'p'), (2, 'b'), (opened, 'a'), (named, 'n')]) {
            'n' => Window::During(self.period(0)),
            'd' => Window::Last { from: self.length(), to: Length::default() },
            'p' => self.past_window(),
            'b' => {
                let ticks = self.random.between(0, self.scale.ticks);
                let more = self.random.between(1, self.scale.ticks / 4);
                let end = self.random.chance(60).then(|| self.scale.at(ticks + more));
                Window::Between { from: self.scale.at(ticks), to: end }
            }
            'a' => {
                let side = self.side();
                let nth = if has("nth") && self.random.chance(20) { 2 } else { 1 };
                Window::After(side, self.events(), nth, self.window(depth - 1).into())
            }
            _ => Window::Life,
        }
    }

    pub(super) fn side(&mut self) -> Side {
        if self.random.chance(30) { Side::First } else { Side::Last }
    }

    /// A length that runs out within the scale, short ones more often.
    pub(super) fn length(&mut self) -> Length {
        let longest = self.random.weighted(&[(1, 4), (3, 20), (3, 60), (2, 150)]);
        let ticks = self.random.between(1, longest);
        if !self.scale.is_calendar || self.random.chance(30) {
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
        Events { selection, filter: filter.map(Into::into) }
    }

    fn some_types(
        &mut self,
        fits: impl Fn(&crate::definition::EventType) -> bool,
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
}
