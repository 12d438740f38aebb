//! Who shops here: a customer's id and what people call it.

const FIRST: [&str; 24] = [
    "Ada", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Greta", "Hugo", "Irene", "Jonas", "Katia", "Luca", "Marta",
    "Nino", "Olga", "Paolo", "Rosa", "Silvio", "Teresa", "Ugo", "Vera", "Walter", "Ylenia", "Zeno",
];
const LAST: [&str; 19] = [
    "Bianchi", "Colombo", "Conti", "Costa", "De Luca", "Esposito", "Ferrari", "Fontana", "Gallo", "Greco", "Lombardi",
    "Marino", "Moretti", "Neri", "Ricci", "Romano", "Rossi", "Russo", "Serra",
];

/// The id of the customer with that number.
pub(super) fn id(number: usize) -> String {
    format!("c-{number:03}")
}

/// The first name of the customer with that number.
pub(super) fn first_name(number: usize) -> &'static str {
    FIRST.get(number % FIRST.len()).copied().unwrap_or_default()
}

/// What people call the customer with that id; the id itself where it is nobody's.
pub(super) fn name(id: &str) -> String {
    let number = id.strip_prefix("c-").and_then(|number| number.parse::<usize>().ok());
    let last = |number: usize| LAST.get((number / FIRST.len() + number) % LAST.len()).copied().unwrap_or_default();
    number.map_or_else(|| id.to_owned(), |number| format!("{} {}", first_name(number), last(number)))
}
