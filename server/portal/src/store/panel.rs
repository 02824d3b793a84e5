//! Rows of the panel: every unit in every wave, and two registers side by
//! side. Read only.

use super::{Conn, Stored, rows};

/// A unit in a wave that was opened.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PartRow {
    pub unit_id: String,
    pub kennung: String,
    pub wave: i32,
    pub name: String,
    pub sort_key: String,
    pub form: String,
    pub land: String,
    pub status: String,
    pub submitted: bool,
    pub successor_id: Option<String>,
}

/// All of them, wave by wave.
pub(crate) async fn parts(conn: &mut Conn) -> Stored<Vec<PartRow>> {
    rows!(
        conn,
        all,
        PartRow,
        "SELECT c.unit_id, u.kennung, c.wave, c.name, c.sort_key, c.form, c.land, c.status,
                c.submitted_at IS NOT NULL AS submitted, c.successor_id
         FROM cases c JOIN units u ON u.id = c.unit_id JOIN waves w ON w.wave = c.wave
         WHERE w.state <> 'planned' ORDER BY c.wave, c.sort_key, c.id"
    )
}

/// A unit as the register of a wave has it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ListedRow {
    pub unit_id: String,
    pub kennung: String,
    pub name: String,
    pub sort_key: String,
    pub form: String,
    pub land: String,
    pub contact_name: String,
    pub contact_email: String,
    pub status: String,
    /// Kennung of the unit it has become.
    pub successor: Option<String>,
}

pub(crate) async fn listed(conn: &mut Conn, wave: i32) -> Stored<Vec<ListedRow>> {
    rows!(
        conn,
        all,
        ListedRow,
        "SELECT c.unit_id, u.kennung, c.name, c.sort_key, c.form, c.land, c.contact_name, c.contact_email, c.status,
                s.kennung AS successor
         FROM cases c JOIN units u ON u.id = c.unit_id LEFT JOIN units s ON s.id = c.successor_id
         WHERE c.wave = $1 ORDER BY c.sort_key, c.id",
        wave
    )
}
