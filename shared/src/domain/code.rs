//! The macro behind every closed list of words: on the wire and in documents each is a short string, and a word
//! that this version does not know is kept as `Other`, since an unknown variant must never fail a whole document.

/// Longest code word accepted from outside, in bytes.
pub const MAX_CODE_BYTES: usize = 40;

macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)+
            /// A word from a newer version or from the school's own list; kept as it came.
            Other(String),
        }

        impl $name {
            /// Every word this version knows, in the order they are offered.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word as stored and sent.
            pub fn as_str(&self) -> &str {
                match self { $($name::$variant => $code,)+ $name::Other(word) => word }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word { $($code => $name::$variant,)+ other => $name::Other(other.to_owned()) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                if word.len() > $crate::domain::code::MAX_CODE_BYTES {
                    return Err(serde::de::Error::custom("a code word is too long"));
                }
                Ok(Self::from(word.as_ref()))
            }
        }
    };
}

pub(crate) use codes;
