//! The key file: made once, kept to its owner, never written over.

use std::fs;

use super::*;

#[test]
fn a_key_is_made_once_and_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("searcher.key");
    let made = SearcherKey::load_or_create(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    assert_eq!(SearcherKey::load_or_create(&path).unwrap().id(), made.id());
    assert_eq!(made.id().to_string().parse(), Ok(made.id()));
    assert!(made.id().is_usable());
    let before = fs::read(&path).unwrap();
    assert_eq!(before.len(), FILE_BYTES);
    assert!(matches!(SearcherKey::create(&path), Err(SearcherKeyError::Exists(_))));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_link_in_the_way_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (path, target) = (dir.path().join("searcher.key"), dir.path().join("elsewhere"));
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert!(matches!(SearcherKey::create(&path), Err(SearcherKeyError::Exists(_))));
    assert!(!target.exists());
}

#[test]
fn a_file_that_others_may_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("searcher.key");
    SearcherKey::create(&path).unwrap();
    for mode in [0o640, 0o604, 0o660, 0o666] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert!(
            matches!(SearcherKey::load(&path), Err(SearcherKeyError::Permissions { mode: seen, .. }) if seen == mode)
        );
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(SearcherKey::load(&path).is_ok());
}

#[test]
fn what_is_no_key_file_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("searcher.key");
    assert!(matches!(SearcherKey::load(&path), Err(SearcherKeyError::NotFound(_))));
    SearcherKey::create(&path).unwrap();
    let good = fs::read(&path).unwrap();
    let cut = &good[..good.len() - 1];
    let longer = [&good[..], b"\n"].concat();
    for text in [b"".as_slice(), b"hello\n", cut, &longer, &[0xff; 90]] {
        fs::write(&path, text).unwrap();
        assert!(matches!(SearcherKey::load(&path), Err(SearcherKeyError::Malformed(_))));
    }
    assert!(matches!(
        SearcherKey::load(dir.path()),
        Err(SearcherKeyError::Permissions { .. } | SearcherKeyError::Io { .. })
    ));
}

#[test]
fn a_small_order_id_is_unusable() {
    let identity: SearcherId = format!("01{}", "00".repeat(31)).parse().unwrap();
    assert!(!identity.is_usable());
    assert!(!identity.verify(b"", &[0; 64].into()));
}

#[test]
fn debug_shows_the_id_only() {
    let key = SearcherKey::generate();
    let file = key.to_file();
    let secret = file.lines().nth(1).unwrap();
    let shown = format!("{key:?}");
    assert!(shown.contains(&key.id().to_string()));
    assert!(!shown.contains(&secret[..12]));
}
