//! Reference data, tokens and people in maps.

use std::collections::{BTreeMap, BTreeSet};

use vocabulary::{PersonId, Timestamp};

use super::Memory;
use crate::reference::next_version;
use crate::{
    Error, ReferenceDraft, ReferenceLog, ReferenceRow, Result, SealedPerson, TokenQuery, TokenRow,
    TokenUse,
};

#[derive(Default)]
pub(super) struct Documents {
    revision: u64,
    references: BTreeMap<(String, String), Vec<ReferenceRow>>,
    tokens: BTreeMap<u128, TokenRow>,
    token_ids: BTreeMap<[u8; 32], u128>,
    persons: BTreeMap<u128, SealedPerson>,
}

/// Who a token stands for, as far as this room looks.
#[derive(serde::Deserialize)]
struct Holder {
    role: String,
    kind: Option<String>,
    name: Option<String>,
}

impl Holder {
    fn is_shopper(&self) -> bool {
        self.kind.as_deref() == Some("shopper")
    }

    fn is_of(&self, query: &TokenQuery) -> bool {
        let name = self.name.as_deref().unwrap_or_default().to_ascii_lowercase();
        self.is_shopper() == query.of_shoppers
            && query.kind.as_ref().is_none_or(|kind| self.kind.as_ref() == Some(kind))
            && query.role.as_ref().is_none_or(|role| self.role == *role)
            && query.name.as_ref().is_none_or(|part| name.contains(&part.to_ascii_lowercase()))
    }
}

fn holder(token: &TokenRow) -> Option<Holder> {
    serde_json::from_str(&token.principal).ok()
}

fn is_open(token: &TokenRow, at: Timestamp) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|end| at < end)
}

impl Documents {
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

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
        let world = self.lock();
        let open = world.documents.tokens.values().filter(|token| is_open(token, now));
        let theirs = open.filter_map(holder);
        let theirs = theirs.filter(|one| one.role == role && !one.is_shopper());
        Ok(theirs.count() as u64)
    }

    pub(crate) fn tokens(&self, query: &TokenQuery) -> Result<Vec<TokenRow>> {
        let world = self.lock();
        let before = query.before.unwrap_or(u128::MAX);
        let down = world.documents.tokens.range(..before).rev().map(|(_, token)| token);
        let open = down.filter(|token| query.open_at.is_none_or(|at| is_open(token, at)));
        let wanted = open.filter(|token| holder(token).is_some_and(|one| one.is_of(query)));
        Ok(wanted.take(usize::try_from(query.limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    pub(crate) fn tokens_used(&self, uses: &[TokenUse]) -> Result<u64> {
        let tokens = &mut self.lock().documents.tokens;
        let mut known = 0;
        for used in uses {
            if let Some(token) = tokens.get_mut(&used.id) {
                token.used_at = Some(used.at);
                known += 1;
            }
        }
        Ok(known)
    }

    pub(crate) fn forget_tokens(&self, before: Timestamp) -> Result<u64> {
        let mut world = self.lock();
        let documents = &mut world.documents;
        let is_over = |at: Option<Timestamp>| at.is_some_and(|at| at < before);
        let count = documents.tokens.len();
        documents
            .tokens
            .retain(|_, token| !is_over(token.expires_at) && !is_over(token.revoked_at));
        let tokens = &documents.tokens;
        documents.token_ids.retain(|_, id| tokens.contains_key(id));
        Ok((count - documents.tokens.len()) as u64)
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
