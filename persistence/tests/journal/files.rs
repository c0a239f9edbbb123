//! The database as a file: opened once, opened again, and what is left in it.

use persistence::*;
use vocabulary::PersonId;

use crate::given::*;

#[tokio::test]
async fn a_second_opening_of_the_same_file_is_refused() {
    let disk = Disk::new();
    let journal = disk.open().await;
    let second = Journal::open(&disk.url()).await;
    assert!(matches!(second, Err(Error::InUse { .. })));

    let alias = disk.file().with_file_name("alias.db");
    std::os::unix::fs::symlink(disk.file(), &alias).unwrap();
    let second = Journal::open(&format!("sqlite:{}", alias.display())).await;
    assert!(matches!(second, Err(Error::InUse { .. })), "also under another name");

    journal.close().await.unwrap();
    disk.open().await.close().await.unwrap();
}

/// Erasing must overwrite: the sealed key in a page's free space could be opened again.
#[tokio::test]
async fn of_a_forgotten_person_no_byte_stays_in_the_file() {
    let disk = Disk::new();
    let has_person = || {
        let bytes = std::fs::read(disk.file()).unwrap();
        let person = sealed(3);
        let finds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        finds(&person.sealed) || finds(&person.sealed_key)
    };
    let journal = disk.open().await;
    journal.put_persons(vec![sealed(2), sealed(3)]).await.unwrap();
    journal.erase_persons(vec![PersonId::from_bits(2)]).await.unwrap();
    journal.close().await.unwrap();
    assert!(has_person(), "the other one is still there");

    let journal = disk.open().await;
    journal.erase_persons(vec![PersonId::from_bits(3)]).await.unwrap();
    journal.close().await.unwrap();
    assert!(!has_person());
}

#[tokio::test]
async fn an_address_that_names_no_journal_is_refused() {
    let wrong = [
        "",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:x.db?synchronous=off",
        "redis://x",
        "x",
        "postgres://[x",
    ];
    for url in wrong {
        let refused = Journal::open(url).await;
        assert!(matches!(refused, Err(Error::BadUrl { .. })), "{url}");
    }
    let refused = Journal::open("sqlite:/nowhere/at/all/journal.db").await;
    assert!(matches!(refused, Err(Error::File { .. })));
}
