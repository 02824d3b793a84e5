//! Who somebody is: accounts, passwords, sessions, links that open an access.
//! Knows nothing of questionnaires.

pub(crate) mod access;
pub(crate) mod password;
mod policy;
pub(crate) mod session;
mod sign_in;
pub(crate) mod throttle;

pub use access::{RequestAccessError, SetPasswordError, TokenInfo, TokenPurpose};
pub use session::{NewSession, Role, Session, Who};
pub use sign_in::SignInError;
