//! Headquarters' documents, tokens and people.

use persistence::*;
use vocabulary::PersonId;

use crate::given::*;

fn draft(kind: &str, id: &str, body: &str) -> ReferenceDraft {
    ReferenceDraft {
        kind: kind.into(),
        id: id.into(),
        body: body.into(),
        by: "hq:1".into(),
        at: at(5),
        effective: None,
        expected_version: None,
    }
}

#[tokio::test]
async fn every_version_of_a_document_is_kept() {
    on_each(async |journal: Journal| {
        let first = ReferenceDraft { effective: Some(at(9)), ..draft("price", "milk", "1") };
        assert_eq!(journal.put_reference(first).await.unwrap(), 1);
        assert_eq!(journal.put_reference(draft("price", "milk", "2")).await.unwrap(), 2);
        assert_eq!(journal.put_reference(draft("price", "rice", "7")).await.unwrap(), 1);
        assert_eq!(journal.put_reference(draft("policy", "milk", "0")).await.unwrap(), 1);

        let latest = journal.reference("price", "milk").await.unwrap().unwrap();
        assert_eq!((latest.version, latest.body.as_str(), latest.effective), (2, "2", None));
        let all = journal.references("price").await.unwrap();
        let all: Vec<_> = all.iter().map(|row| (row.id.as_str(), row.body.as_str())).collect();
        assert_eq!(all, [("milk", "2"), ("rice", "7")]);
        let history = journal.reference_history("price", "milk").await.unwrap();
        let bodies: Vec<_> = history.iter().map(|row| (row.version, row.body.as_str())).collect();
        assert_eq!(bodies, [(1, "1"), (2, "2")]);
        assert_eq!((history[0].effective, history[0].by.as_str()), (Some(at(9)), "hq:1"));
        assert!(history[0].revision < history[1].revision);
        assert_eq!(journal.reference("price", "salt").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_editor_who_saw_an_older_version_is_told() {
    on_each(async |journal: Journal| {
        let expecting = |version, body: &str| ReferenceDraft {
            expected_version: Some(version),
            ..draft("price", "milk", body)
        };
        assert_eq!(journal.put_reference(expecting(0, "1")).await.unwrap(), 1);
        assert_eq!(journal.put_reference(expecting(1, "2")).await.unwrap(), 2);
        let refused = journal.put_reference(expecting(1, "3")).await;
        let Err(Error::VersionConflict { expected: 1, found: 2, .. }) = refused else {
            panic!("{refused:?}")
        };

        let bulk = vec![draft("price", "rice", "7"), expecting(0, "4")];
        journal.put_references(bulk).await.unwrap_err();
        assert_eq!(journal.reference("price", "rice").await.unwrap(), None, "all or none");
        let bulk = vec![draft("price", "rice", "7"), expecting(2, "3"), expecting(3, "4")];
        assert_eq!(journal.put_references(bulk).await.unwrap(), [1, 3, 4]);
        assert_eq!(journal.reference("price", "milk").await.unwrap().unwrap().body, "4");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_found_by_its_hash_and_revoked_once() {
    on_each(async |journal: Journal| {
        journal.put_tokens(vec![token(1, 10), token(2, 20)]).await.unwrap();
        assert_eq!(journal.token_by_hash(&[10; 32]).await.unwrap(), Some(token(1, 10)));
        assert_eq!(journal.token_by_hash(&[11; 32]).await.unwrap(), None);

        assert!(journal.revoke_token(1, at(50)).await.unwrap());
        assert!(!journal.revoke_token(1, at(60)).await.unwrap());
        assert!(!journal.revoke_token(3, at(60)).await.unwrap());
        let revoked = journal.token_by_hash(&[10; 32]).await.unwrap().unwrap();
        assert_eq!(revoked.revoked_at, Some(at(50)));

        let again = journal.put_tokens(vec![token(3, 30), token(4, 20)]).await;
        assert!(matches!(again, Err(Error::Duplicate { .. })), "{again:?}");
        assert_eq!(journal.token_by_hash(&[30; 32]).await.unwrap(), None, "all or none");
    })
    .await;
}

#[tokio::test]
async fn a_person_is_sealed_replaced_and_forgotten() {
    on_each(async |journal: Journal| {
        let vault = Vault::ephemeral().unwrap();
        let person = PersonId::from_bits(77);
        for record in ["张三", "李四"] {
            let sealed = vault.seal(person, record.as_bytes()).unwrap();
            journal.put_persons(vec![sealed]).await.unwrap();
            let sealed = journal.person(person).await.unwrap().unwrap();
            assert_eq!(vault.unseal(&sealed).unwrap(), record.as_bytes());
        }
        let others = PersonId::from_bits(78);
        assert_eq!(journal.erase_persons(vec![others, person]).await.unwrap(), 1);
        assert_eq!(journal.person(person).await.unwrap(), None);
        assert_eq!(journal.erase_persons(vec![person]).await.unwrap(), 0);
        assert_eq!(journal.erase_persons(Vec::new()).await.unwrap(), 0);
    })
    .await;
}
