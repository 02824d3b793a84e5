//! Rows of the texts staff has changed.

use super::{Conn, Stored, rows, run};

/// A changed text.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct TemplateRow {
    pub name: String,
    pub subject: String,
    pub body: String,
    pub revision: i64,
    pub changed_at: i64,
    pub who: String,
}

pub(crate) async fn all(conn: &mut Conn) -> Stored<Vec<TemplateRow>> {
    rows!(
        conn,
        all,
        TemplateRow,
        "SELECT name, subject, body, revision, changed_at, who FROM mail_templates ORDER BY name"
    )
}

/// Puts a text in place of revision `seen` (0: the shipped one); false where
/// somebody else was faster.
pub(crate) async fn put(conn: &mut Conn, new: &TemplateRow, seen: i64) -> Stored<bool> {
    let put = if seen == 0 {
        run!(
            conn,
            "INSERT INTO mail_templates (name, subject, body, revision, changed_at, who)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING",
            &new.name,
            &new.subject,
            &new.body,
            new.revision,
            new.changed_at,
            &new.who
        )?
    } else {
        run!(
            conn,
            "UPDATE mail_templates SET subject = $2, body = $3, revision = $4, changed_at = $5, who = $6
             WHERE name = $1 AND revision = $7",
            &new.name,
            &new.subject,
            &new.body,
            new.revision,
            new.changed_at,
            &new.who,
            seen
        )?
    };
    Ok(put == 1)
}

pub(crate) async fn delete(conn: &mut Conn, name: &str) -> Stored<()> {
    run!(conn, "DELETE FROM mail_templates WHERE name = $1", name)?;
    Ok(())
}
