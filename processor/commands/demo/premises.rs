//! What the processor is given: a folder with the example segments and a configuration, thrown away at the end.

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use spicchio_runtime::config::{Config, Sources, load};

use super::super::exit::Failure;

/// The topic of the shop's events.
pub(super) const EVENTS: &str = "shop.events.v1";

/// The definitions of the demo: the published examples.
const SEGMENTS: [(&str, &str); 11] = [
    ("abandoned-cart.yaml", include_str!("../../../schemas/examples/segments/abandoned-cart.yaml")),
    ("big-spenders.yaml", include_str!("../../../schemas/examples/segments/big-spenders.yaml")),
    ("browsing.yaml", include_str!("../../../schemas/examples/segments/browsing.yaml")),
    ("coupons.yaml", include_str!("../../../schemas/examples/segments/coupons.yaml")),
    ("cross-sell.yaml", include_str!("../../../schemas/examples/segments/cross-sell.yaml")),
    ("first-purchase.yaml", include_str!("../../../schemas/examples/segments/first-purchase.yaml")),
    ("newsletter.yaml", include_str!("../../../schemas/examples/segments/newsletter.yaml")),
    ("personalisation.yaml", include_str!("../../../schemas/examples/segments/personalisation.yaml")),
    ("price-drops.yaml", include_str!("../../../schemas/examples/segments/price-drops.yaml")),
    ("prospects.yaml", include_str!("../../../schemas/examples/segments/prospects.yaml")),
    ("win-back.yaml", include_str!("../../../schemas/examples/segments/win-back.yaml")),
];

/// A folder that goes when this is dropped.
#[derive(Debug)]
pub(super) struct Premises {
    folder: PathBuf,
}

impl Premises {
    /// How many names are tried; the folders of demos that were killed may still be there.
    const NAMES_MAX: u32 = 100;

    /// A fresh folder with the example segments.
    pub(super) fn open() -> Result<Self, Failure> {
        let premises = Self { folder: fresh()? };
        premises.write("segments", None)?;
        for (name, text) in SEGMENTS {
            premises.write(&format!("segments/{name}"), Some(text))?;
        }
        Ok(premises)
    }

    /// The configuration file.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.join("spicchio.yaml")
    }

    /// Writes the configuration, and reads it as the processor would.
    pub(super) fn configure(&self, brokers: &str, listen: SocketAddr, log: &str) -> Result<Config, Failure> {
        let text = format!(
            "kafka: {{brokers: \"{brokers}\", group: spicchio-demo, properties: {{session.timeout.ms: 6000}}}}\n\
             inputs: [{EVENTS}]\n\
             segments: [segments]\n\
             # The shop's time runs faster than the wall's, so events alone move it.\n\
             clock: events\n\
             http: {{listen: \"{listen}\"}}\n\
             log: {{level: \"{log}\"}}\n"
        );
        self.write("spicchio.yaml", Some(&text))?;
        let sources = Sources { file: Some(self.file()), ..Sources::default() };
        load(&sources).map(|loaded| loaded.config).map_err(|refused| Failure::Configuration(refused.to_string()))
    }

    /// Writes a file, or makes a folder.
    fn write(&self, name: &str, text: Option<&str>) -> Result<(), Failure> {
        let path = self.folder.join(name);
        let written = text.map_or_else(|| fs::create_dir(&path), |text| fs::write(&path, text));
        written.map_err(|error| unwritable(&path, &error))
    }
}

impl Drop for Premises {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever tidies the folder of temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn fresh() -> Result<PathBuf, Failure> {
    let parent = std::env::temp_dir();
    let stem = format!("spicchio-demo-{}", std::process::id());
    for number in 0..Premises::NAMES_MAX {
        let folder = parent.join(format!("{stem}-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unwritable(&folder, &error)),
        }
    }
    Err(Failure::Broken(format!("{} holds too many folders of earlier demos: remove them", parent.display())))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Broken(format!("{} cannot be written: {error}; set TMPDIR to a folder that can", path.display()))
}

/// An address of this machine for the HTTP server: the usual port, or a free one where that is taken.
pub(super) fn address() -> Result<SocketAddr, Failure> {
    /// The port that `run` listens on by default.
    const USUAL: u16 = 8080;
    let tried = [USUAL, 0].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|bound| bound.local_addr()));
    let [usual, free] = tried;
    usual.or(free).map_err(|error| Failure::Broken(format!("there is no free port on 127.0.0.1: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_example_is_in_the_demo() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/examples/segments");
        let mut published: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        published.sort();
        assert_eq!(published, SEGMENTS.map(|(name, _)| name));
    }

    #[test]
    fn the_folder_goes_with_the_demo() {
        let premises = Premises::open().unwrap();
        let config = premises.configure("127.0.0.1:1", "127.0.0.1:2".parse().unwrap(), "warn").unwrap();
        assert!(config.segments.iter().all(|path| path.is_dir()), "{:?}", config.segments);
        let file = premises.file();
        assert!(file.is_file());
        drop(premises);
        assert!(!file.exists());
    }
}
