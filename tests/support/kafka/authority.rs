//! A certificate authority of the test's own: what a broker shows of itself, and what clients trust.

use std::fmt;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

/// No test lasts longer.
const DAYS: u32 = 2;

/// An authority; nobody knows it but whom the test tells.
pub struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

impl Authority {
    /// One that did not exist before.
    pub fn new() -> Self {
        Self::try_new().expect("keys and certificates can be made")
    }

    /// Its certificate, PEM: what a client's `ssl.ca.location` holds.
    pub fn certificate(&self) -> String {
        text(&self.certificate.to_pem().expect("a certificate has a PEM form"))
    }

    /// A key and a certificate for `127.0.0.1` and `localhost`, PEM, one after the other.
    pub(super) fn identity(&self) -> String {
        self.try_identity().expect("keys and certificates can be made")
    }

    fn try_new() -> Result<Self, ErrorStack> {
        let key = key()?;
        let mut builder = builder("an authority for tests", "an authority for tests", &key, 1)?;
        builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        builder.sign(&key, MessageDigest::sha256())?;
        Ok(Self { key, certificate: builder.build() })
    }

    fn try_identity(&self) -> Result<String, ErrorStack> {
        let key = key()?;
        let mut builder = builder("localhost", "an authority for tests", &key, 2)?;
        let context = builder.x509v3_context(Some(&self.certificate), None);
        let names = SubjectAlternativeName::new().ip("127.0.0.1").dns("localhost").build(&context)?;
        builder.append_extension(names)?;
        builder.sign(&self.key, MessageDigest::sha256())?;
        Ok(text(&key.private_key_to_pem_pkcs8()?) + &text(&builder.build().to_pem()?))
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority")
    }
}

fn key() -> Result<PKey<Private>, ErrorStack> {
    let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    PKey::from_ec_key(EcKey::generate(&curve)?)
}

fn builder(subject: &str, issuer: &str, key: &PKey<Private>, serial: u32) -> Result<X509Builder, ErrorStack> {
    let name = |common: &str| {
        let mut name = X509NameBuilder::new()?;
        name.append_entry_by_nid(Nid::COMMONNAME, common)?;
        Ok::<_, ErrorStack>(name.build())
    };
    let (subject, issuer, number) = (name(subject)?, name(issuer)?, BigNum::from_u32(serial)?.to_asn1_integer()?);
    let (from, to) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(DAYS)?);
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&number)?;
    builder.set_subject_name(&subject)?;
    builder.set_issuer_name(&issuer)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&from)?;
    builder.set_not_after(&to)?;
    Ok(builder)
}

fn text(pem: &[u8]) -> String {
    String::from_utf8_lossy(pem).into_owned()
}
