//! Files that pages load: style, scripts, fonts, icons, built into the binary. Each has an address that holds its
//! content's hash and is cached for ever. A file names another as `"/assets/<name>"` and gets its address there.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    sync::LazyLock,
};

use axum::{
    body::Bytes,
    extract::Path,
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header};

use super::error::Problem;

#[derive(rust_embed::RustEmbed)]
#[folder = "src/assets"]
#[exclude = "*.md"]
#[exclude = "*.txt"]
#[exclude = "*.LICENSE"]
struct Files;

/// How one file names another.
const LEAD: &str = "\"/assets/";

/// One file as served.
struct Asset {
    content: Bytes,
    /// The same compressed as far as it goes, once; for what is not compressed already.
    gzip: Option<Bytes>,
    kind: &'static str,
}

/// All files by hashed path, and the hashed address of each plain path.
#[derive(Default)]
struct Catalogue {
    by_path: HashMap<String, Asset>,
    urls: HashMap<String, String>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue::default();
    let mut left = files();
    while !left.is_empty() {
        let ready: Vec<_> = left.iter().filter(|(_, text)| catalogue.knows_all(text)).map(|(n, _)| n.clone()).collect();
        // Files that name each other, or what is not there, cannot be served right; the tests see to it.
        let now = if ready.is_empty() { left.keys().cloned().collect() } else { ready };
        for name in now {
            if let Some(content) = left.remove(&name) {
                catalogue.add(&name, content);
            }
        }
    }
    catalogue
});

/// Every file by its name; the style sheets, in the order of their names, are one: `app.css`.
fn files() -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut sheet) = (BTreeMap::new(), Vec::new());
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    for name in names {
        let Some(file) = Files::get(&name) else { continue };
        if name.starts_with("css/") {
            sheet.extend_from_slice(&file.data);
        } else {
            files.insert(name.into_owned(), file.data.into_owned());
        }
    }
    files.insert(String::from("app.css"), sheet);
    files
}

/// The names that a file gives as `"/assets/<name>"`.
fn named(content: &[u8]) -> impl Iterator<Item = &str> {
    let text = std::str::from_utf8(content).unwrap_or_default();
    text.split(LEAD).skip(1).filter_map(|rest| rest.split('"').next())
}

impl Catalogue {
    fn knows_all(&self, content: &[u8]) -> bool {
        named(content).all(|name| self.urls.contains_key(name))
    }

    fn with_addresses(&self, content: Vec<u8>) -> Bytes {
        if named(&content).next().is_none() {
            return content.into();
        }
        let text = String::from_utf8_lossy(&content);
        let replaced = self.urls.iter().fold(text.into_owned(), |text, (name, url)| {
            text.replace(&format!("{LEAD}{name}\""), &format!("\"{url}\""))
        });
        replaced.into()
    }

    fn add(&mut self, name: &str, content: Vec<u8>) {
        let content = self.with_addresses(content);
        let hash = &blake3::hash(&content).to_hex()[..12];
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let path = format!("{stem}.{hash}.{extension}");
        let (kind, text) = match extension {
            "css" => ("text/css; charset=utf-8", true),
            "js" => ("text/javascript; charset=utf-8", true),
            "svg" => ("image/svg+xml", true),
            "webmanifest" => ("application/manifest+json", true),
            "png" => ("image/png", false),
            "woff2" => ("font/woff2", false),
            _ => ("application/octet-stream", false),
        };
        self.urls.insert(name.to_owned(), format!("/assets/{path}"));
        let gzip = if text { compressed(&content) } else { None };
        self.by_path.insert(path, Asset { content, gzip, kind });
    }
}

fn compressed(content: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// The address of a file, like `/assets/app.0123456789ab.css`. A name that does not exist is a fault that the
/// tests find: its address answers 404.
pub(crate) fn url(name: &str) -> &'static str {
    CATALOGUE.urls.get(name).map_or("/assets/missing", String::as_str)
}

/// The content of a file, for those that must stand at an address of their own.
pub(crate) fn content(name: &str) -> Option<Bytes> {
    CATALOGUE.by_path.get(url(name).trim_start_matches("/assets/")).map(|asset| asset.content.clone())
}

/// Serves a file by its hashed path.
pub(super) async fn serve(Path(path): Path<String>, asked: HeaderMap) -> Result<Response, Problem> {
    let asset = CATALOGUE.by_path.get(&path).ok_or_else(|| Problem::not_found("file"))?;
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let encoding = |name| [(header::CONTENT_ENCODING, HeaderValue::from_static(name))];
    Ok(match &asset.gzip {
        Some(gzip) if accepted.contains("gzip") => (headers, encoding("gzip"), gzip.clone()).into_response(),
        // Said outright, which keeps the compression layer away.
        _ => (headers, encoding("identity"), asset.content.clone()).into_response(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_named_by_a_file_or_template_exists() {
        for (path, asset) in &CATALOGUE.by_path {
            for name in named(&asset.content) {
                assert!(CATALOGUE.by_path.contains_key(name), "{name} in {path}");
            }
        }
        assert!(named(&CATALOGUE.by_path[url("app.css").trim_start_matches("/assets/")].content).count() >= 4);
        for template in glob(std::path::Path::new("src/templates")) {
            let text = std::fs::read_to_string(&template).unwrap();
            for name in text.split("assets::url(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert_ne!(url(name), "/assets/missing", "{name} in {}", template.display());
            }
        }
    }

    fn glob(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { glob(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn licences_are_not_served() {
        assert!(CATALOGUE.urls.keys().all(|name| !name.contains("LICENSE")));
    }
}
