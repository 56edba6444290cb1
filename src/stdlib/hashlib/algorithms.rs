//! The hash functions, by the crates of RustCrypto.

use digest::Digest;

macro_rules! algorithms {
    ($($variant:ident: $type:ty, $name:literal, $block:literal;)*) => {
        /// A hash being computed.
        #[derive(Clone)]
        pub(super) enum State {
            $($variant($type),)*
        }

        /// The names of all algorithms.
        pub(super) const NAMES: &[&str] = &[$($name),*];

        impl State {
            /// Begins to compute; `None` for an algorithm that is not there.
            pub(super) fn new(name: &str) -> Option<Self> {
                Some(match name {
                    $($name => Self::$variant(<$type>::new()),)*
                    _ => return None,
                })
            }

            pub(super) fn update(&mut self, bytes: &[u8]) {
                match self {
                    $(Self::$variant(state) => Digest::update(state, bytes),)*
                }
            }

            /// Returns the hash of everything so far.
            pub(super) fn digest(&self) -> Vec<u8> {
                match self.clone() {
                    $(Self::$variant(state) => state.finalize().to_vec(),)*
                }
            }

            pub(super) fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            /// Returns the bytes of a hash.
            pub(super) fn size(&self) -> usize {
                match self {
                    $(Self::$variant(_) => <$type as Digest>::output_size(),)*
                }
            }

            /// Returns the bytes that the algorithm takes at a time.
            pub(super) fn block_size(&self) -> i64 {
                match self {
                    $(Self::$variant(_) => $block,)*
                }
            }
        }
    };
}

algorithms! {
    Blake2b: blake2::Blake2b512, "blake2b", 128;
    Blake2s: blake2::Blake2s256, "blake2s", 64;
    Md5: md5::Md5, "md5", 64;
    Sha1: sha1::Sha1, "sha1", 64;
    Sha224: sha2::Sha224, "sha224", 64;
    Sha256: sha2::Sha256, "sha256", 64;
    Sha384: sha2::Sha384, "sha384", 128;
    Sha512: sha2::Sha512, "sha512", 128;
    Sha3_224: sha3::Sha3_224, "sha3_224", 144;
    Sha3_256: sha3::Sha3_256, "sha3_256", 136;
    Sha3_384: sha3::Sha3_384, "sha3_384", 104;
    Sha3_512: sha3::Sha3_512, "sha3_512", 72;
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
