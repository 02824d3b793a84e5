//! Who somebody is: accounts, passwords, sessions, links that open an access.
//! Knows nothing of questionnaires.

pub(crate) mod access;
pub(crate) mod factor;
pub(crate) mod handover;
mod own;
pub(crate) mod password;
mod policy;
mod proof;
pub(crate) mod session;
mod sign_in;
pub(crate) mod throttle;
mod totp;

pub use access::{RequestAccessError, SetPasswordError, TokenInfo, TokenPurpose};
pub use factor::{CodeError, FactorState, NewFactor, Pending};
pub use own::{AccountError, OwnAccount};
pub use session::{Access, NewSession, Role, Session, Who};
pub use sign_in::SignInError;
