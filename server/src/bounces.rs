//! The folder in which a mail server lays delivery reports, one message per
//! file (as a Maildir's `new` does). What was read is moved to `gelesen/`,
//! what is no report of ours to `unbekannt/`; nothing is deleted.

use portal::{BounceError, LARGEST_BOUNCE, Portal};
use std::io;
use std::path::Path;
use tokio::fs;

/// Reads whatever is there.
pub(crate) async fn read_all(portal: &Portal, folder: &Path) {
    if let Err(error) = each(portal, folder).await {
        tracing::error!(%error, folder = %folder.display(), "delivery reports");
    }
}

async fn each(portal: &Portal, folder: &Path) -> io::Result<()> {
    let mut entries = fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden || !entry.file_type().await?.is_file() {
            continue;
        }
        let file = entry.path();
        let readable = entry.metadata().await?.len() <= LARGEST_BOUNCE as u64;
        let read = match readable {
            true => portal.mail_bounce(&fs::read(&file).await?).await,
            false => Err(BounceError::Unreadable),
        };
        let to = match read {
            Ok(bounced) => {
                let reason = portal::without_addresses(&bounced.reason);
                tracing::warn!(failed = bounced.failed, reason, "delivery report");
                "gelesen"
            }
            // Another time.
            Err(BounceError::Store(error)) => return Err(io::Error::other(error)),
            Err(error) => {
                tracing::warn!(%error, file = %file.display(), "delivery report");
                "unbekannt"
            }
        };
        let to = folder.join(to);
        fs::create_dir_all(&to).await?;
        fs::rename(&file, to.join(entry.file_name())).await?;
    }
    Ok(())
}
