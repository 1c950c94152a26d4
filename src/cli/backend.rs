//! The option that names the arithmetic of a search.

use vanikeys_grind::search::Backend;

/// A backend that runs on this processor.
///
/// # Errors
/// What is wrong with the name, and which backends there are.
pub(super) fn running(name: &str) -> Result<Backend, String> {
    let backend: Backend = name.parse().map_err(|error| format!("{error}"))?;
    if backend.is_available() {
        return Ok(backend);
    }
    let names: Vec<_> = Backend::available().map(Backend::name).collect();
    Err(format!("this processor doesn't run it; choose one of: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_backends() {
        assert_eq!(running("portable"), Ok(Backend::Portable));
        assert!(running("fast").is_err_and(|error| error.contains("`portable`")));
        for backend in Backend::ALL {
            assert_eq!(running(backend.name()).is_ok(), backend.is_available());
        }
    }
}
