//! Letters that are kept as files, where there is no mail server, are not kept for ever: they name people.

use std::{
    io,
    time::{Duration, SystemTime},
};

use crate::app::App;

/// A letter's file is kept for so long.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Why old letters could not be removed.
#[derive(Debug, thiserror::Error)]
#[error("the folder of e-mails: {0}")]
pub struct TidyError(#[from] io::Error);

impl From<TidyError> for crate::queue::Stop {
    fn from(error: TidyError) -> Self {
        Self::Retry(error.to_string())
    }
}

/// Removes the files of letters that are older than 30 days; answers how many.
///
/// # Errors
/// The folder's.
pub async fn tidy(app: &App) -> Result<usize, TidyError> {
    let now = Duration::from_micros(u64::try_from(app.clock.now().micros()).unwrap_or(0));
    Ok(app.mailer.tidy(SystemTime::UNIX_EPOCH + now.saturating_sub(KEPT)).await?)
}
