//! Where segment definitions come from: files, and folders of files.
//!
//! Not here: their meaning (`spicchio_core::segment`).

mod directory;

pub use directory::{ReadError, read};

use std::path::PathBuf;
use std::sync::Arc;

use spicchio_core::segment::Catalog;
use spicchio_core::segment::language::{Diagnostic, Source, load};
use spicchio_core::segment::plan::Lookback;
use spicchio_core::timer::Length;

/// Why there is no catalog.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionsError {
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Files have mistakes.
    #[error("{}", listed(sources, mistakes))]
    Mistakes {
        /// The files, to show the places.
        sources: Vec<Source>,
        /// What is wrong with them.
        mistakes: Vec<Diagnostic>,
    },
    /// Segments look further back than customers are remembered.
    #[error("the segment definitions are refused:\n  {}", places(looks))]
    Forgotten {
        /// Which, and where.
        looks: Vec<Lookback>,
    },
}

/// Compiles what these files and folders define, for customers who are forgotten after that length; advice to their
/// authors is logged.
pub fn compile(paths: &[PathBuf], forget_after: Length) -> Result<Arc<Catalog>, DefinitionsError> {
    let sources = read(paths)?;
    match load(&sources) {
        Ok(loaded) => {
            for advice in &loaded.advice {
                tracing::warn!("{}", line(&sources, advice));
            }
            let catalog = Catalog::compile(&loaded.definitions);
            let looks = catalog.looks_beyond(forget_after);
            if looks.is_empty() { Ok(Arc::new(catalog)) } else { Err(DefinitionsError::Forgotten { looks }) }
        }
        Err(mistakes) => Err(DefinitionsError::Mistakes { sources, mistakes }),
    }
}

fn places(looks: &[Lookback]) -> String {
    looks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
}

fn listed(sources: &[Source], mistakes: &[Diagnostic]) -> String {
    let lines: Vec<String> = mistakes.iter().map(|mistake| line(sources, mistake)).collect();
    format!("the segment definitions are refused; `spicchio check` shows each place:\n  {}", lines.join("\n  "))
}

fn line(sources: &[Source], diagnostic: &Diagnostic) -> String {
    let text = sources.iter().find(|source| source.name == diagnostic.file).map_or("", |source| source.text.as_str());
    format!("{}:{}: {}", diagnostic.file, diagnostic.position(text), diagnostic.message)
}
