//! What the processor is given: a folder with the example segments and a configuration, thrown away at the end unless
//! it is to be kept; then it holds the shop's events too, to be replayed.

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use spicchio_runtime::config::{Config, Sources, load};

use super::super::exit::Failure;

/// The topic of the shop's events.
pub(super) const EVENTS: &str = "shop.events.v1";

/// The definitions of the demo: the published examples.
const SEGMENTS: [(&str, &str); 19] = [
    ("abandoned-cart.yaml", include_str!("../../../schemas/examples/segments/abandoned-cart.yaml")),
    ("behaviour.yaml", include_str!("../../../schemas/examples/segments/behaviour.yaml")),
    ("big-spenders.yaml", include_str!("../../../schemas/examples/segments/big-spenders.yaml")),
    ("browsing.yaml", include_str!("../../../schemas/examples/segments/browsing.yaml")),
    ("coupons.yaml", include_str!("../../../schemas/examples/segments/coupons.yaml")),
    ("cross-sell.yaml", include_str!("../../../schemas/examples/segments/cross-sell.yaml")),
    ("demographics.yaml", include_str!("../../../schemas/examples/segments/demographics.yaml")),
    ("engagement.yaml", include_str!("../../../schemas/examples/segments/engagement.yaml")),
    ("first-purchase.yaml", include_str!("../../../schemas/examples/segments/first-purchase.yaml")),
    ("life-cycle.yaml", include_str!("../../../schemas/examples/segments/life-cycle.yaml")),
    ("personalisation.yaml", include_str!("../../../schemas/examples/segments/personalisation.yaml")),
    ("personas.yaml", include_str!("../../../schemas/examples/segments/personas.yaml")),
    ("price-drops.yaml", include_str!("../../../schemas/examples/segments/price-drops.yaml")),
    ("prospects.yaml", include_str!("../../../schemas/examples/segments/prospects.yaml")),
    ("readiness.yaml", include_str!("../../../schemas/examples/segments/readiness.yaml")),
    ("rfm.yaml", include_str!("../../../schemas/examples/segments/rfm.yaml")),
    ("timing.yaml", include_str!("../../../schemas/examples/segments/timing.yaml")),
    ("touchpoints.yaml", include_str!("../../../schemas/examples/segments/touchpoints.yaml")),
    ("win-back.yaml", include_str!("../../../schemas/examples/segments/win-back.yaml")),
];

/// A folder; it goes when this is dropped, unless it is kept.
#[derive(Debug)]
pub(super) struct Premises {
    folder: PathBuf,
    kept: bool,
}

impl Premises {
    /// How many names are tried; the folders of demos that were killed may still be there.
    const NAMES_MAX: u32 = 100;

    /// A fresh folder with the example segments: that one, or one that is thrown away.
    pub(super) fn open(kept: Option<&Path>) -> Result<Self, Failure> {
        let premises = match kept {
            Some(folder) => Self { folder: made(folder)?, kept: true },
            None => Self { folder: fresh()?, kept: false },
        };
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

    /// The file of all events that are sent, where they are kept.
    pub(super) fn events(&self) -> Result<Option<BufWriter<File>>, Failure> {
        let path = self.folder.join("events.ndjson");
        let create = || File::create_new(&path).map(BufWriter::new).map_err(|error| unwritable(&path, &error));
        self.kept.then(create).transpose()
    }

    /// How to replay what was kept.
    pub(super) fn replay(&self) -> Option<String> {
        let folder = self.folder.display();
        self.kept.then(|| format!("spicchio replay --segments {folder}/segments --events {folder}/events.ndjson"))
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
        if !self.kept {
            // What cannot be removed is left to whoever tidies the folder of temporary files.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn made(folder: &Path) -> Result<PathBuf, Failure> {
    let refused = |error| Failure::Usage(format!("{}: {error}; name a folder that is not there yet", folder.display()));
    fs::create_dir(folder).map_err(refused)?;
    Ok(folder.to_owned())
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
    Failure::Broken(format!("{} cannot be written: {error}; set TMPDIR to a folder that can be", path.display()))
}

/// An address of this machine for the HTTP server: the usual port, or a free one where that is taken.
pub(super) fn address() -> Result<SocketAddr, Failure> {
    /// The port that `run` listens on by default.
    const USUAL: u16 = 8080;
    let tried =
        [USUAL, 0].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|bound| bound.local_addr()));
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
        let premises = Premises::open(None).unwrap();
        let config = premises.configure("127.0.0.1:1", "127.0.0.1:2".parse().unwrap(), "warn").unwrap();
        assert!(config.segments.iter().all(|path| path.is_dir()), "{:?}", config.segments);
        let file = premises.file();
        assert!(file.is_file());
        drop(premises);
        assert!(!file.exists());
    }
}
