//! All kept keys of a user as one file: those in service custody in every format, sealed ones as they are.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{HistoryFilter, PullView, history};
use crate::{
    app::App,
    custody::{PublicKeyBytes, SealedFile, delivery::open_delivered},
    flow::{Actor, Failure, custody::Custody, key_files::KeyDownload},
    store::pulls,
};

/// So many keys are opened at once.
const AT_ONCE: i64 = 100;

/// The user's kept keys as a JSON file, newest first.
///
/// # Errors
/// The store's, or a key file that does not open.
pub async fn kept_keys(app: &App, actor: &Actor) -> Result<KeyDownload, Failure<super::PullRefusal>> {
    let filter = HistoryFilter { kept: Some(true), ..HistoryFilter::default() };
    let mut content = Zeroizing::new(Vec::from(*b"[\n"));
    let mut offset = 0;
    loop {
        let page = history(app, actor, &filter, AT_ONCE, offset).await?;
        for view in &page.items {
            let Some(entry) = entry(app, actor.user, view).await? else { continue };
            if content.len() > 2 {
                content.extend_from_slice(b",\n");
            }
            content.extend_from_slice(&entry);
        }
        offset += AT_ONCE;
        if offset >= page.total {
            break;
        }
    }
    content.extend_from_slice(b"\n]\n");
    Ok(KeyDownload { media_type: "application/json", file_name: "vanikeys-kept-keys.json".to_owned(), content })
}

/// One key with its public side; none if it was erased meanwhile.
async fn entry(
    app: &App,
    user: Uuid,
    view: &PullView,
) -> Result<Option<Zeroizing<Vec<u8>>>, Failure<super::PullRefusal>> {
    let mut conn = app.db.read().await?;
    let Some(file) = pulls::key_file(&mut conn, view.done.id, user, app.clock.now()).await? else { return Ok(None) };
    drop(conn);
    let done = &view.done;
    let mut entry = json!({
        "pullId": done.id, "did": done.did, "publicKey": done.public_key, "pattern": done.pattern, "score": done.score,
        "custody": done.custody, "createdAt": done.created_at, "keptAt": view.kept_at, "receipt": done.receipt,
    });
    if done.custody == Custody::Sealed {
        entry["sealed"] = SealedFile::from_binary(file).map_err(Failure::broken)?.armor().into();
    } else {
        let keyring = app.keyring.clone();
        let public_key: [u8; 32] = hex::decode(&done.public_key)
            .ok()
            .and_then(|key| key.try_into().ok())
            .ok_or_else(|| Failure::Store(crate::store::StoreError::corrupt("pulls.public_key")))?;
        let opening = tokio::task::spawn_blocking(move || {
            let file =
                open_delivered(&file, &PublicKeyBytes::from(public_key), &keyring).map_err(Failure::broken)?.file;
            let export = |format| {
                let bytes = file.export(format).ok()?;
                let text = std::str::from_utf8(&bytes).map_or_else(|_| STANDARD.encode(&bytes), str::to_owned);
                Some((format.name().to_owned(), Value::from(text)))
            };
            Ok::<_, Failure<super::PullRefusal>>(file.formats().filter_map(export).collect::<serde_json::Map<_, _>>())
        });
        entry["exports"] = Value::Object(opening.await.map_err(Failure::broken)??);
    }
    serde_json::to_vec_pretty(&entry).map(|bytes| Some(Zeroizing::new(bytes))).map_err(Failure::broken)
}
