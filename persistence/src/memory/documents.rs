//! Reference data, tokens and people in maps.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{PersonId, Timestamp};

use super::Memory;
use crate::reference::next_version;
use crate::{Error, ReferenceDraft, ReferenceLog, ReferenceRow, Result, SealedPerson, TokenRow};

#[derive(Default)]
pub(super) struct Documents {
    revision: u64,
    references: BTreeMap<(String, String), Vec<ReferenceRow>>,
    tokens: BTreeMap<u128, TokenRow>,
    token_ids: BTreeMap<[u8; 32], u128>,
    persons: BTreeMap<u128, SealedPerson>,
}

impl Documents {
    /// All of them, or none.
    pub(super) fn put_tokens(&mut self, tokens: &[TokenRow]) -> Result<()> {
        let (mut ids, mut hashes) = (BTreeSet::new(), BTreeSet::new());
        for token in tokens {
            let known = self.tokens.contains_key(&token.id) || !ids.insert(token.id);
            if known || self.token_ids.contains_key(&token.hash) || !hashes.insert(token.hash) {
                return Err(Error::Duplicate { key: "token.hash".to_owned(), source: None });
            }
        }
        self.token_ids.extend(tokens.iter().map(|token| (token.hash, token.id)));
        self.tokens.extend(tokens.iter().map(|token| (token.id, token.clone())));
        Ok(())
    }

    pub(super) fn put_persons(&mut self, persons: impl IntoIterator<Item = SealedPerson>) {
        self.persons.extend(persons.into_iter().map(|person| (person.id, person)));
    }

    fn versions(&self, kind: &str, id: &str) -> &[ReferenceRow] {
        let key = (kind.to_owned(), id.to_owned());
        self.references.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    fn put_references(&mut self, drafts: Vec<ReferenceDraft>) -> Result<Vec<u64>> {
        let mut latest = BTreeMap::new();
        for draft in &drafts {
            let recorded =
                self.versions(&draft.kind, &draft.id).last().map_or(0, |row| row.version);
            latest.insert((draft.kind.clone(), draft.id.clone()), recorded);
        }
        let versions: Vec<u64> =
            drafts.iter().map(|draft| next_version(draft, &mut latest)).collect::<Result<_>>()?;
        for (draft, version) in drafts.into_iter().zip(&versions) {
            self.revision += 1;
            let key = (draft.kind.clone(), draft.id.clone());
            let row = ReferenceRow {
                revision: self.revision,
                kind: draft.kind,
                id: draft.id,
                version: *version,
                body: draft.body,
                by: draft.by,
                at: draft.at,
                effective: draft.effective,
            };
            self.references.entry(key).or_default().push(row);
        }
        Ok(versions)
    }
}

impl Memory {
    pub(crate) fn put_references(&self, drafts: Vec<ReferenceDraft>) -> Result<Vec<u64>> {
        self.lock().documents.put_references(drafts)
    }

    pub(crate) fn reference(&self, kind: &str, id: &str) -> Result<Option<ReferenceRow>> {
        Ok(self.lock().documents.versions(kind, id).last().cloned())
    }

    pub(crate) fn references(&self, kind: &str) -> Result<Vec<ReferenceRow>> {
        let world = self.lock();
        let first = (kind.to_owned(), String::new());
        let of_kind = world.documents.references.range(first..);
        let of_kind = of_kind.take_while(|((of, _), _)| of == kind);
        Ok(of_kind.filter_map(|(_, versions)| versions.last().cloned()).collect())
    }

    pub(crate) fn reference_history(&self, kind: &str, id: &str) -> Result<Vec<ReferenceRow>> {
        Ok(self.lock().documents.versions(kind, id).to_vec())
    }

    pub(crate) fn reference_log(&self, log: &ReferenceLog) -> Result<Vec<ReferenceRow>> {
        let world = self.lock();
        let all = world.documents.references.values().flatten();
        let mut rows: Vec<_> = all.filter(|row| log.wants(row)).cloned().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.revision));
        rows.truncate(log.limit as usize);
        Ok(rows)
    }

    pub(crate) fn put_tokens(&self, tokens: &[TokenRow]) -> Result<()> {
        self.lock().documents.put_tokens(tokens)
    }

    pub(crate) fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>> {
        let world = self.lock();
        let id = world.documents.token_ids.get(hash);
        Ok(id.and_then(|id| world.documents.tokens.get(id)).cloned())
    }

    pub(crate) fn tokens_of_role(&self, role: &str, now: Timestamp) -> Result<u64> {
        #[derive(serde::Deserialize)]
        struct Holder {
            role: String,
        }
        let world = self.lock();
        let is_open = |token: &&TokenRow| {
            token.revoked_at.is_none() && token.expires_at.is_none_or(|end| now < end)
        };
        let open = world.documents.tokens.values().filter(is_open);
        let theirs = open.filter(|token| {
            serde_json::from_str::<Holder>(&token.principal).is_ok_and(|holder| holder.role == role)
        });
        Ok(theirs.count() as u64)
    }

    pub(crate) fn revoke_token(&self, id: u128, at: Timestamp) -> Result<bool> {
        let mut world = self.lock();
        match world.documents.tokens.get_mut(&id) {
            Some(token) if token.revoked_at.is_none() => {
                token.revoked_at = Some(at);
                Ok(true)
            }
            Some(_) | None => Ok(false),
        }
    }

    pub(crate) fn put_persons(&self, persons: Vec<SealedPerson>) -> Result<()> {
        self.lock().documents.put_persons(persons);
        Ok(())
    }

    pub(crate) fn person(&self, person: PersonId) -> Result<Option<SealedPerson>> {
        Ok(self.lock().documents.persons.get(&person.bits()).cloned())
    }

    pub(crate) fn erase_persons(&self, persons: &[PersonId]) -> Result<u64> {
        let known = &mut self.lock().documents.persons;
        let erased = persons.iter().filter(|person| known.remove(&person.bits()).is_some());
        Ok(erased.count() as u64)
    }
}
