//! Files that pages load: style, scripts, fonts, icons, built into the binary. Each has an address that holds its
//! content's hash and is cached for ever; style sheets are rewritten to name fonts by such addresses.

use std::{collections::HashMap, sync::LazyLock};

use axum::{
    body::Bytes,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};

use super::error::Problem;

#[derive(rust_embed::RustEmbed)]
#[folder = "src/web/assets"]
#[exclude = "*.md"]
#[exclude = "*.txt"]
#[exclude = "*.LICENSE"]
struct Files;

/// One file as served.
struct Asset {
    content: Bytes,
    kind: &'static str,
}

/// All files by hashed path, and the hashed address of each plain path.
struct Catalogue {
    by_path: HashMap<String, Asset>,
    urls: HashMap<String, String>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue { by_path: HashMap::new(), urls: HashMap::new() };
    let names: Vec<_> = Files::iter().collect();
    // Style sheets last: they name the others.
    let (sheets, rest): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.ends_with(".css"));
    for name in rest.iter().chain(&sheets) {
        let Some(file) = Files::get(name) else { continue };
        let content = match (name.ends_with(".css"), std::str::from_utf8(&file.data)) {
            (true, Ok(text)) => Bytes::from(catalogue.with_hashed_names(text)),
            _ => Bytes::from(file.data.into_owned()),
        };
        catalogue.add(name, content);
    }
    catalogue
});

impl Catalogue {
    fn with_hashed_names(&self, text: &str) -> String {
        self.urls.iter().fold(text.to_owned(), |text, (name, url)| {
            text.replace(&format!("url(\"{name}\")"), &format!("url(\"{url}\")"))
        })
    }

    fn add(&mut self, name: &str, content: Bytes) {
        let hash = &blake3::hash(&content).to_hex()[..12];
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let path = format!("{stem}.{hash}.{extension}");
        let kind = match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "woff2" => "font/woff2",
            "webmanifest" => "application/manifest+json",
            _ => "application/octet-stream",
        };
        self.urls.insert(name.to_owned(), format!("/assets/{path}"));
        self.by_path.insert(path, Asset { content, kind });
    }
}

/// The address of a file, like `/assets/app.0123456789ab.css`. A name that does not exist is a fault that the
/// tests find: its address answers 404.
pub(crate) fn url(name: &str) -> &'static str {
    CATALOGUE.urls.get(name).map_or("/assets/missing", String::as_str)
}

/// Serves a file by its hashed path.
pub(super) async fn serve(Path(path): Path<String>) -> Result<Response, Problem> {
    let asset = CATALOGUE.by_path.get(&path).ok_or_else(|| Problem::not_found("file"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    Ok((headers, asset.content.clone()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_named_by_a_template_or_sheet_exists() {
        let sheet = &CATALOGUE.by_path[url("app.css").trim_start_matches("/assets/")];
        let text = std::str::from_utf8(&sheet.content).unwrap();
        let named: Vec<_> = text.split("url(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(named.len() >= 4);
        for name in named {
            assert!(CATALOGUE.by_path.contains_key(name.trim_start_matches("/assets/")), "{name}");
        }
        for template in glob(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/templates"))) {
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
