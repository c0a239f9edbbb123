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
async fn changes_are_read_youngest_first_by_kind_author_and_time() {
    on_each(async |journal: Journal| {
        for (kind, id, by, seconds) in
            [("price", "milk", "a", 1), ("price", "rice", "b", 2), ("role", "x", "a", 3)]
        {
            let draft = ReferenceDraft { by: by.into(), at: at(seconds), ..draft(kind, id, "1") };
            journal.put_reference(draft).await.unwrap();
        }
        journal.put_reference(draft("price", "milk", "2")).await.unwrap();
        let ids = async |log: ReferenceLog| {
            let log = ReferenceLog { limit: log.limit.max(1), ..log };
            let rows = journal.reference_log(&log).await.unwrap();
            rows.into_iter().map(|row| format!("{}{}", row.id, row.body)).collect::<Vec<_>>()
        };
        let all = ReferenceLog { limit: 9, ..ReferenceLog::default() };
        assert_eq!(ids(all.clone()).await, ["milk2", "x1", "rice1", "milk1"]);
        let of_kind = ReferenceLog { kind: Some("price".into()), ..all.clone() };
        assert_eq!(ids(of_kind).await, ["milk2", "rice1", "milk1"]);
        let of_milk = ReferenceLog { id: Some("milk".into()), ..all.clone() };
        assert_eq!(ids(of_milk).await, ["milk2", "milk1"]);
        let by_a = ReferenceLog { by: Some("a".into()), ..all.clone() };
        assert_eq!(ids(by_a).await, ["x1", "milk1"]);
        let then = ReferenceLog { since: Some(at(2)), until: Some(at(3)), ..all.clone() };
        assert_eq!(ids(then).await, ["x1", "rice1"]);
        let first = journal.reference_log(&ReferenceLog { limit: 2, ..all.clone() }).await.unwrap();
        let rest = ReferenceLog { before: first.last().map(|row| row.revision), ..all };
        assert_eq!(ids(rest).await, ["rice1", "milk1"]);
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

/// PostgreSQL keeps no zero byte in a text. Whoever sends one is told, and nobody else notices.
#[tokio::test]
async fn a_text_that_cannot_be_kept_is_refused_and_hurts_nobody() {
    on_each_that_lasts(async |url: String| {
        let journal = Journal::open(&url).await.unwrap();
        let epoch = claim(&journal, CITY).await;
        let put = journal.put_reference(draft("role", "a\0b", "1")).await;
        let is_kept = put.is_ok();
        assert!(is_kept || matches!(put, Err(Error::Unstorable { .. })), "{put:?}");
        assert_eq!(is_kept, url.starts_with("sqlite:"));
        journal.commit(orders(CITY, epoch, 0, 1)).await.unwrap();
        journal.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_token_is_found_by_its_hash_and_revoked_once() {
    on_each(async |journal: Journal| {
        journal.put_tokens(vec![token(1, 10), token(2, 20)]).await.unwrap();
        assert_eq!(journal.token_by_hash(&[10; 32]).await.unwrap(), Some(token(1, 10)));
        assert_eq!(journal.token_by_hash(&[11; 32]).await.unwrap(), None);

        assert_eq!(journal.tokens_of_role("courier", at(1)).await.unwrap(), 2);
        assert_eq!(
            journal.tokens_of_role("courier", at(2)).await.unwrap(),
            0,
            "their time is over"
        );
        assert_eq!(journal.tokens_of_role("picker", at(1)).await.unwrap(), 0);

        assert!(journal.revoke_token(1, at(50)).await.unwrap());
        assert_eq!(journal.tokens_of_role("courier", at(1)).await.unwrap(), 1);
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

fn held(id: u128, kind: &str, role: &str, name: &str, expires_at: Option<i64>) -> TokenRow {
    let principal = serde_json::json!({"kind": kind, "role": role, "name": name}).to_string();
    TokenRow { principal, expires_at: expires_at.map(at), ..token(id, id as u8) }
}

#[tokio::test]
async fn tokens_are_listed_youngest_first_without_those_of_shoppers() {
    on_each(async |journal: Journal| {
        let rows = vec![
            held(1, "staff", "hq_admin", "Headquarters", None),
            held(2, "staff", "picker", "东湖店备货", Some(9)),
            held(3, "shopper", "member", "member", Some(9)),
            held(4, "device", "device", "东湖店秤", Some(5)),
            held(5, "courier", "courier", "courier 1", None),
        ];
        journal.put_tokens(rows).await.unwrap();
        assert!(journal.revoke_token(5, at(3)).await.unwrap());
        let all = TokenQuery { limit: 9, ..TokenQuery::default() };
        let ids = async |query: &TokenQuery| {
            let rows = journal.tokens(query).await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&all).await, [5, 4, 2, 1]);
        assert_eq!(ids(&TokenQuery { limit: 2, ..all.clone() }).await, [5, 4]);
        assert_eq!(ids(&TokenQuery { before: Some(4), ..all.clone() }).await, [2, 1]);
        assert_eq!(ids(&TokenQuery { open_at: Some(at(5)), ..all.clone() }).await, [2, 1]);
        assert_eq!(ids(&TokenQuery { kind: Some("staff".into()), ..all.clone() }).await, [2, 1]);
        assert_eq!(ids(&TokenQuery { role: Some("device".into()), ..all.clone() }).await, [4]);
        assert_eq!(ids(&TokenQuery { name: Some("东湖".into()), ..all.clone() }).await, [4, 2]);
        assert_eq!(ids(&TokenQuery { name: Some("hEAD".into()), ..all.clone() }).await, [1]);
        assert_eq!(ids(&TokenQuery { of_shoppers: true, ..all.clone() }).await, [3]);
        let rows = journal.tokens(&all).await.unwrap();
        assert_eq!(rows[0].revoked_at, Some(at(3)));
        assert_eq!(rows[0].granted_by.as_deref(), Some("principal:7"));
    })
    .await;
}

#[tokio::test]
async fn tokens_that_are_over_are_forgotten_and_uses_are_noted() {
    on_each(async |journal: Journal| {
        let rows = vec![
            held(1, "staff", "hq_admin", "hq", None),
            held(2, "staff", "picker", "a", Some(9)),
            held(3, "shopper", "member", "member", Some(4)),
            held(4, "device", "device", "b", None),
        ];
        journal.put_tokens(rows).await.unwrap();
        let uses = [(2, 6), (4, 7), (8, 8)].map(|(id, then)| TokenUse { id, at: at(then) });
        assert_eq!(journal.tokens_used(uses.to_vec()).await.unwrap(), 2, "nobody has the third");
        assert_eq!(journal.tokens_used(Vec::new()).await.unwrap(), 0);
        let used = async |hash| journal.token_by_hash(&[hash; 32]).await.unwrap().unwrap().used_at;
        assert_eq!([used(1).await, used(2).await, used(4).await], [None, Some(at(6)), Some(at(7))]);

        journal.revoke_token(4, at(5)).await.unwrap();
        assert_eq!(journal.forget_tokens(at(4)).await.unwrap(), 0, "the last one is over at 4");
        assert_eq!(journal.forget_tokens(at(6)).await.unwrap(), 2);
        assert_eq!(journal.token_by_hash(&[3; 32]).await.unwrap(), None);
        assert_eq!(journal.token_by_hash(&[4; 32]).await.unwrap(), None);
        let left = TokenQuery { limit: 9, ..TokenQuery::default() };
        assert_eq!(journal.tokens(&left).await.unwrap().len(), 2);
        assert_eq!(journal.forget_tokens(at(100)).await.unwrap(), 1, "one has no end");
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

fn row(key: &str, body: &str) -> ReadModelRow {
    ReadModelRow { key: key.into(), body: body.into() }
}

#[tokio::test]
async fn what_a_reader_made_is_replaced_removed_and_read_in_order_of_keys() {
    on_each(async |journal: Journal| {
        let write = |puts, removals: &[&str]| ReadModelWrite {
            reader: "books",
            partition: PartitionId(1),
            puts,
            removals: removals.iter().map(|key| (*key).to_owned()).collect(),
        };
        let rows = vec![row("day/2", "{}"), row("day/10", r#"{"店":"\"1\""}"#), row("far", "1")];
        journal.put_read_model(write(rows, &[])).await.unwrap();
        let page = |limit| ReadModelQuery::beginning_with("books", PartitionId(1), "day/", limit);
        let first = journal.read_model(&page(1)).await.unwrap();
        assert_eq!(first, [row("day/10", r#"{"店":"\"1\""}"#)]);
        let rest = journal.read_model(&page(9).after("day/10")).await.unwrap();
        assert_eq!(rest, [row("day/2", "{}")]);

        journal.put_read_model(write(vec![row("day/2", "[2]")], &["day/10"])).await.unwrap();
        assert_eq!(journal.read_model(&page(9)).await.unwrap(), [row("day/2", "[2]")]);
        let others = ReadModelQuery { reader: "others", ..page(9) };
        assert_eq!(journal.read_model(&others).await.unwrap(), []);
        let elsewhere = ReadModelQuery { partition: PartitionId(2), ..page(9) };
        assert_eq!(journal.read_model(&elsewhere).await.unwrap(), []);
    })
    .await;
}
