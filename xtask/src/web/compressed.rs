//! `.br` and `.gz` beside every file that gains from it, made once at build time so that the server only sends them.
//! What was compressed before is kept by its hash: brotli at its best takes seconds for the client's wasm.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::bindgen::is_the_desks;
use crate::bundle::short_hash;

const COMPRESSIBLE: [&str; 8] = [
    "css",
    "html",
    "js",
    "json",
    "svg",
    "txt",
    "wasm",
    "webmanifest",
];
pub const BROTLI_BEST: i32 = 11;
const BROTLI_FAST: i32 = 4;
const BROTLI_WINDOW_BITS: i32 = 22;

pub struct Sizes {
    pub files: usize,
    pub raw: usize,
    /// What travels to a browser that takes brotli: files that are not compressed count as they are.
    pub brotli: usize,
    /// The same, without what only the desk needs.
    pub yard_brotli: usize,
}

pub struct Compressor {
    cache: PathBuf,
    quality: i32,
}

impl Compressor {
    pub fn new(cache: PathBuf, is_release: bool) -> Result<Self> {
        fs::create_dir_all(&cache)?;
        let quality = if is_release { BROTLI_BEST } else { BROTLI_FAST };
        Ok(Self { cache, quality })
    }

    pub fn add_compressed(
        &self,
        files: BTreeMap<String, Vec<u8>>,
    ) -> Result<(BTreeMap<String, Vec<u8>>, Sizes)> {
        let mut sizes = Sizes {
            files: files.len(),
            raw: 0,
            brotli: 0,
            yard_brotli: 0,
        };
        let mut all = BTreeMap::new();
        for (path, content) in files {
            sizes.raw += content.len();
            let mut travelling = content.len();
            if is_compressible(&path) {
                let brotli = self.cached(&content, &format!("{}.br", self.quality), |content| {
                    brotli_of(content, self.quality)
                })?;
                let gzip = self.cached(&content, "gz", gzip_of)?;
                travelling = brotli.len();
                all.insert(format!("{path}.br"), brotli);
                all.insert(format!("{path}.gz"), gzip);
            }
            sizes.brotli += travelling;
            if !is_the_desks(&path) {
                sizes.yard_brotli += travelling;
            }
            all.insert(path, content);
        }
        Ok((all, sizes))
    }

    fn cached(
        &self,
        content: &[u8],
        suffix: &str,
        make: impl Fn(&[u8]) -> Result<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        let kept = self.cache.join(format!("{}.{suffix}", short_hash(content)));
        if let Ok(compressed) = fs::read(&kept) {
            return Ok(compressed);
        }
        let compressed = make(content)?;
        let unfinished = kept.with_extension("unfinished");
        fs::write(&unfinished, &compressed)?;
        fs::rename(&unfinished, &kept)?;
        Ok(compressed)
    }
}

fn is_compressible(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| COMPRESSIBLE.contains(&extension))
}

pub fn brotli_of(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip_of(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
