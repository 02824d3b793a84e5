//! What the server hands to the pages: assets, the person signed in, the
//! operator's texts, and the outcome of a form that was refused.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Addresses of the stylesheet and of the browser part; empty where the
/// program was built without them (pages then work as plain HTML).
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The stylesheet, for example `/assets/style.1f2e.css`.
    pub css: Option<String>,
    /// The module script that starts the islands.
    pub boot: Option<String>,
    /// The module script of the institute's pages.
    pub staff: Option<String>,
    /// JavaScript modules the boot script needs at once.
    pub preload: Vec<String>,
}

/// The person signed in, if any.
#[derive(Clone, Debug, Default)]
pub struct Viewer(pub Option<portal::Session>);

/// Answered Rückfragen that wait for staff, by wave.
#[derive(Clone, Debug, Default)]
pub struct Waiting(pub BTreeMap<i32, u64>);

/// Texts and addresses the operator provides.
#[derive(Clone, Debug, Default)]
pub struct Operator {
    /// Whom respondents ask.
    pub contact_name: String,
    /// Telephone number of the contact, as it is dialled.
    pub contact_phone: String,
    /// E-mail address of the contact.
    pub contact_email: String,
    /// Text of `/impressum`; blank lines separate paragraphs, `# ` starts a heading.
    pub impressum: Option<String>,
    /// Text of `/datenschutz`, in the same form.
    pub datenschutz: Option<String>,
    /// Text of `/barrierefreiheit`, in the same form.
    pub barrierefreiheit: Option<String>,
    /// Letters of endorsement (paper, section 2).
    pub letters: Vec<Letter>,
}

/// One letter of endorsement.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Who endorses, as shown to respondents.
    pub label: String,
    /// Where the file is served.
    pub href: String,
}

/// Why a posted form was refused: field name and German sentence.
#[derive(Clone, Debug, Default)]
pub struct FormErrors(pub Vec<(String, String)>);

impl FormErrors {
    /// The sentence that belongs to one field.
    pub(crate) fn of(&self, field: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, message)| message.clone())
    }
}

/// What was typed into a refused form, to be shown again; never passwords.
#[derive(Clone, Debug, Default)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// The value typed into one field, or nothing.
    pub(crate) fn of(&self, field: &str) -> String {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }
}

/// A text that is another one on every page: what a form posts twice is done
/// once.
#[derive(Clone, Debug, Default)]
pub struct Once(pub String);

/// Recovery codes that were just made: on this one page and never again.
#[derive(Clone)]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
    /// Whether the second factor was set up with them.
    pub first: bool,
}

/// A form that arrived after the session had ended. The sign-in page carries
/// it in hidden fields named `fort__NAME` and the server applies it afterwards.
#[derive(Clone, Debug)]
pub struct Resume {
    /// The path the form was posted to.
    pub target: String,
    /// Everything that was posted, in order.
    pub fields: Vec<(String, String)>,
}

/// Makes a root component show an error page instead of a routed one.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// HTTP status of the answer.
    pub status: u16,
    /// Heading.
    pub title: String,
    /// One or two German sentences that say what to do.
    pub text: String,
    /// Identifier under which the cause stands in the log.
    pub id: Option<String>,
    /// What was posted and could not be stored, to be sent once more.
    pub retry: Option<Resume>,
    /// The page the request came from.
    pub back: Option<String>,
}

/// The operator's texts as the pages receive them.
pub(crate) type SharedOperator = Arc<Operator>;
