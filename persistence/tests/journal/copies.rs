//! Backup of a living file, and a new file from it.

use persistence::*;
use vocabulary::PersonId;

use crate::given::*;

const KEPT: PersonId = PersonId::from_bits(1);
const FORGOTTEN: PersonId = PersonId::from_bits(2);

/// A journal with three events and two people, open.
async fn living(disk: &Disk) -> (Journal, Epoch) {
    let journal = disk.open().await;
    let epoch = claim(&journal, CITY).await;
    let mut batch = orders(CITY, epoch, 0, 3);
    batch.states = vec![state("order", 5, 3)];
    batch.persons = vec![sealed(1), sealed(2)];
    journal.commit(batch).await.unwrap();
    (journal, epoch)
}

#[tokio::test]
async fn a_copy_of_a_living_file_is_what_was_committed_then() {
    let (disk, elsewhere) = (Disk::new(), Disk::new());
    let (journal, epoch) = living(&disk).await;
    let before = (load(&journal, CITY).await, journal.journal_digest(CITY).await.unwrap());
    let copy = disk.file().with_file_name("copy.db");
    let made = Journal::backup(&disk.url(), &copy).await.unwrap();
    assert_eq!(made.partitions, [(CITY, 3)]);
    // The server goes on, and forgets somebody who is in the copy.
    journal.commit(orders(CITY, epoch, 3, 2)).await.unwrap();
    journal.erase_persons(vec![FORGOTTEN]).await.unwrap();
    journal.close().await.unwrap();
    let again = Journal::backup(&disk.url(), &copy).await;
    assert!(matches!(again, Err(Error::Exists { .. })), "a copy is never replaced: {again:?}");

    let restored = Journal::restore(&elsewhere.url(), &copy, &[FORGOTTEN]).await.unwrap();
    assert_eq!((restored.partitions, restored.forgotten), (made.partitions, 1));
    let journal = elsewhere.open().await;
    let after = (load(&journal, CITY).await, journal.journal_digest(CITY).await.unwrap());
    assert_eq!(after, before);
    assert!(claim(&journal, CITY).await > epoch, "an epoch is never given twice");
    assert_eq!(journal.person(KEPT).await.unwrap(), Some(sealed(1)));
    assert_eq!(journal.person(FORGOTTEN).await.unwrap(), None);
    journal.close().await.unwrap();
    let bytes = std::fs::read_dir(elsewhere.file().parent().unwrap()).unwrap();
    let names: Vec<_> = bytes.map(|file| file.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("part")), "{names:?}");
}

#[tokio::test]
async fn nothing_that_is_there_is_written_over() {
    let disk = Disk::new();
    let (journal, _) = living(&disk).await;
    let copy = disk.file().with_file_name("copy.db");
    Journal::backup(&disk.url(), &copy).await.unwrap();
    let refused = Journal::restore(&disk.url(), &copy, &[]).await;
    assert!(matches!(refused, Err(Error::Exists { .. })), "{refused:?}");
    assert_eq!(load(&journal, CITY).await.last_seq, 3);
    journal.close().await.unwrap();

    // The log of a database that is gone would be played into the new one.
    std::fs::remove_file(disk.file()).unwrap();
    let log = disk.file().with_file_name("journal.db-wal");
    std::fs::write(&log, "the log of another").unwrap();
    let refused = Journal::restore(&disk.url(), &copy, &[]).await;
    assert!(matches!(refused, Err(Error::Exists { path }) if path == log));
}

#[tokio::test]
async fn what_is_no_whole_journal_is_not_restored() {
    let (disk, elsewhere) = (Disk::new(), Disk::new());
    let (journal, _) = living(&disk).await;
    journal.close().await.unwrap();
    let copy = disk.file().with_file_name("copy.db");
    Journal::backup(&disk.url(), &copy).await.unwrap();
    let whole = std::fs::read(&copy).unwrap();
    std::fs::write(&copy, &whole[..whole.len() / 2]).unwrap();
    let refused = Journal::restore(&elsewhere.url(), &copy, &[]).await;
    assert!(refused.is_err(), "{refused:?}");
    std::fs::write(&copy, "a letter").unwrap();
    assert!(Journal::restore(&elsewhere.url(), &copy, &[]).await.is_err());
    let missing = disk.file().with_file_name("missing.db");
    let refused = Journal::restore(&elsewhere.url(), &missing, &[]).await;
    assert!(matches!(refused, Err(Error::File { .. })), "{refused:?}");
    let empty = std::fs::metadata(elsewhere.file()).map_or(0, |file| file.len());
    assert_eq!(empty, 0, "nothing half made is left");
}
