//! Points: awards for events, the daily check-in, one's history, the board of a season. Whoever awards points has
//! locked the player's row in `users`.

mod award;
mod board;
mod checkin;
mod events;
mod forfeit;
mod grant;
mod kinds;

pub(crate) use award::{award, bought, give_signup};
pub use board::{Board, CanRob, OwnPlace, PlaceView, board};
pub use checkin::{CheckedIn, CheckinRefusal, check_in};
pub use events::{EventPage, EventView, events};
pub use grant::{PointsGranted, give_points, grant_points};
pub use kinds::{KindChange, KindRefusal, KindView, change_kind, kinds};

pub(crate) use award::achievement;
pub(crate) use forfeit::forfeit;
