//! Folders whose names outlive a power loss: a file that was synced is gone with it when the folder that names it was not.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::Path;

/// The folder a file is in.
pub fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Makes a folder that only the server's own user may look into, with those above it; one that is there already stays as it is.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder_of(folder);
    create_folder(above)?;
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        // If it is there now, another process was first, and may not have synced it yet.
        Err(cause) if !folder.is_dir() => return Err(cause),
        _ => {}
    }
    sync_folder(above)
}

/// Brings the names in a folder to the disk. Where a folder cannot be opened as a file (Windows) the system sees to it.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        false => fs::metadata(folder).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_made_one_in_the_other_and_left_as_they_are_the_second_time() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        create_folder(&deep).unwrap();
        create_folder(&deep).unwrap();
        assert!(deep.is_dir());
        assert_eq!(folder_of(Path::new("keys")), Path::new("."));
        assert_eq!(folder_of(&deep.join("keys")), deep);
        fs::write(deep.join("file"), "").unwrap();
        assert!(create_folder(&deep.join("file")).is_err());
    }
}
