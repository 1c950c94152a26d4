//! Who will hold the key of a job: whoever opens what is sealed to a recipient, or whoever knows the other half of a
//! split key. Orders, slices and stored jobs name one by its text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::bytes::{Hash, PublicKeyBytes};
use super::recipient::{Recipient, RecipientError};

/// Who a key is found for. Displays as `age1...` or as 64 hexadecimal digits; neither is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    /// The key is sealed to this recipient.
    Recipient(Recipient),
    /// Only an offset to this point is found. Checked when it was ordered, with the proof that its scalar is known.
    SplitPoint(PublicKeyBytes),
}

impl Holder {
    /// The recipient, if the key is sealed to one.
    pub fn recipient(&self) -> Option<&Recipient> {
        match self {
            Self::Recipient(recipient) => Some(recipient),
            Self::SplitPoint(_) => None,
        }
    }

    /// `BLAKE3` of the text: what a found key signs for "this recipient".
    pub fn hash(&self) -> Hash {
        Hash::from(*blake3::hash(self.to_string().as_bytes()).as_bytes())
    }
}

impl From<Recipient> for Holder {
    fn from(recipient: Recipient) -> Self {
        Self::Recipient(recipient)
    }
}

impl FromStr for Holder {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        match text.parse() {
            Ok(point) => Ok(Self::SplitPoint(point)),
            Err(_) => Recipient::parse(text).map(Self::Recipient),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recipient(recipient) => recipient.fmt(f),
            Self::SplitPoint(point) => point.fmt(f),
        }
    }
}

impl Serialize for Holder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Holder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::fixtures::{RECIPIENT, recipient};

    #[test]
    fn each_holder_has_one_text() {
        let point = Holder::SplitPoint([0xab; 32].into());
        for (holder, text) in [(Holder::from(recipient()), RECIPIENT.to_owned()), (point, "ab".repeat(32))] {
            assert_eq!(holder.to_string(), text);
            assert_eq!(text.parse(), Ok(holder.clone()));
            assert_eq!(serde_json::from_value::<Holder>(serde_json::to_value(&holder).unwrap()).unwrap(), holder);
        }
        assert_eq!(Holder::from(recipient()).hash(), recipient().hash());
        for wrong in ["AB".repeat(32), "ab".repeat(31), String::new(), "age1abc".to_owned()] {
            assert!(wrong.parse::<Holder>().is_err(), "{wrong}");
        }
    }
}
