//! What the front end claims, from the text of files to definitions or mistakes.

mod example;
mod expressions;
mod files;
mod hostile;
mod precedence;
mod round_trip;
mod schema;
