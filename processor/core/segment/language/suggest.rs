//! "Did you mean": the known name that a wrong one was most likely meant to be.

use std::fmt::Display;

/// A name longer than this is not compared: nobody mistypes so much, and the comparison is quadratic.
const NAME_CHARS_MAX: usize = 64;

/// The closest of `known` to `wrong`, when it is close enough to be meant; the first of equals.
pub(super) fn closest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong_chars: Vec<char> = wrong.to_lowercase().chars().take(NAME_CHARS_MAX + 1).collect();
    if wrong_chars.len() > NAME_CHARS_MAX || wrong_chars.is_empty() {
        return None;
    }
    let reach = (wrong_chars.len() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for name in known {
        let chars: Vec<char> = name.to_lowercase().chars().take(NAME_CHARS_MAX + 1).collect();
        if chars.len().abs_diff(wrong_chars.len()) > reach || chars.is_empty() {
            continue;
        }
        let distance = distance(&wrong_chars, &chars);
        if distance <= reach && distance < chars.len() && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// The help line for a wrong name, where some known one is close.
pub(super) fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(wrong, known).map(|name| format!("did you mean `{name}`?"))
}

/// Names as prose: `a`, `b` and `c`.
pub(super) fn listed<T: Display>(names: &[T], link: &str) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [others @ .., last] => {
            let others: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
            format!("{} {link} `{last}`", others.join(", "))
        }
    }
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one to the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row_before: Vec<usize> = Vec::new();
    let mut row_above: Vec<usize> = (0..=to.len()).collect();
    for (row, from_char) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, to_char) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&row_above, column) + usize::from(from_char != to_char);
            let mut least = replaced.min(at(&row_above, column + 1) + 1).min(at(&current, column) + 1);
            let swapped =
                row > 0 && column > 0 && from.get(row - 1) == Some(to_char) && to.get(column - 1) == Some(from_char);
            if swapped {
                least = least.min(at(&row_before, column - 1) + 1);
            }
            current.push(least);
        }
        row_before = std::mem::replace(&mut row_above, current);
    }
    row_above.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn close_names_are_found_and_far_ones_are_not() {
        for (wrong, known, meant) in [
            ("totl", &["total", "tax"][..], Some("total")),
            ("Total", &["total"], Some("total")),
            ("purchse", &["purchase", "page_view"], Some("purchase")),
            ("pruchase", &["purchase"], Some("purchase")),
            ("x", &["y"], None),
            ("booking", &["purchase"], None),
            ("", &["a"], None),
        ] {
            assert_eq!(closest(wrong, known.iter().copied()), meant, "{wrong}");
        }
    }
}
