//! Files that hold what nobody else on the machine may read: the database,
//! copies of it, mails with links.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file for writing, emptied if it is there; a new one only its owner
/// may read (where the system knows owners).
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    private().create(true).truncate(true).open(path)
}

/// Makes an empty file only its owner may read; one that is there stays as it
/// is.
pub(crate) fn touch_private(path: &Path) -> io::Result<()> {
    private().create(true).truncate(false).open(path).map(drop)
}

/// A file without a name that nobody else may read from its first byte on; gone
/// once it is closed.
pub(crate) fn nameless_private() -> io::Result<File> {
    // One made without a name at once has the rights of any other file.
    tempfile::NamedTempFile::new().map(tempfile::NamedTempFile::into_file)
}

/// A temporary folder nobody else may enter.
pub(crate) fn private_tempdir() -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Makes a folder, and those above it; the new one only its owner may enter.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut options = std::fs::DirBuilder::new();
    options.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        options.mode(0o700);
    }
    options.create(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn nobody_else_reads_them() {
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (file, folder) = (dir.path().join("a"), dir.path().join("b/c"));
        create_private(&file).unwrap();
        create_private_dir(&folder).unwrap();
        assert_eq!((mode(&file), mode(&folder)), (0o600, 0o700));
        assert_eq!(mode(private_tempdir().unwrap().path()), 0o700);
        let nameless = nameless_private().unwrap().metadata().unwrap();
        assert_eq!(nameless.permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "x").unwrap();
        touch_private(&file).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"x", "and what is there stays");
    }
}
