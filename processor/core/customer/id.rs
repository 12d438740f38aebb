//! The name of a customer.

use std::fmt;
use std::sync::Arc;

/// A customer's id, 1 to 256 bytes of UTF-8, compared bytewise; cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(Arc<str>);

impl CustomerId {
    /// The longest id, in bytes.
    pub const BYTES_MAX: usize = 256;

    /// The customer of that id, or nothing when it is empty or longer than [`CustomerId::BYTES_MAX`].
    pub fn new(id: &str) -> Option<Self> {
        (1..=Self::BYTES_MAX).contains(&id.len()).then(|| Self(id.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for CustomerId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}
