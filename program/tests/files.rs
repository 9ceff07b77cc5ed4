//! Files that are written whole or not at all.
#![cfg(unix)]

mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use common::Folder;
use no_magic_program::files::Target;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode()
}

#[test]
fn a_new_file_has_the_usual_permissions() {
    let folder = Folder::new();
    folder.write("usual", "");
    let target = Target::new(&folder.path("new")).unwrap();
    target.write(b"new").unwrap();
    assert_eq!(mode(&folder.path("new")), mode(&folder.path("usual")));
}

#[test]
fn an_old_file_keeps_its_permissions() {
    let folder = Folder::new();
    let path = folder.path("secret");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    Target::new(&path).unwrap().write(b"new").unwrap();
    assert_eq!(mode(&path) & 0o777, 0o600);
    assert_eq!(folder.read("secret"), "new");
}

#[test]
fn a_link_stays_a_link() {
    let folder = Folder::new();
    folder.write("file", "old");
    symlink(folder.path("file"), folder.path("link")).unwrap();
    Target::new(&folder.path("link")).unwrap().write(b"new").unwrap();
    assert_eq!(folder.read("file"), "new");
    assert!(folder.path("link").is_symlink());
}

#[test]
fn checking_changes_nothing() {
    let folder = Folder::new();
    folder.write("old", "old");
    Target::new(&folder.path("old")).unwrap();
    Target::new(&folder.path("new")).unwrap();
    assert_eq!(folder.names(), ["old"]);
    assert_eq!(folder.read("old"), "old");
}
