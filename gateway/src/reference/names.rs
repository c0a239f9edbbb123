//! What regions and merchants are called. Stores name them by their ids.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use persistence::Journal;

use super::directory::broken;
use super::{Author, Reference, documents, kinds};
use crate::error::Error;
use crate::wire::fault::Fault;
use crate::wire::names::NameBody;

/// Of which kind of thing a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    Region,
    Merchant,
}

impl Named {
    fn kind(self) -> &'static str {
        match self {
            Self::Region => kinds::REGION,
            Self::Merchant => kinds::MERCHANT,
        }
    }
}

type Known = BTreeMap<(Named, u128), (u64, NameBody)>;

#[derive(Debug, Default)]
pub(super) struct Names(RwLock<Known>);

pub(super) async fn load(journal: &Journal) -> Result<Names, Error> {
    let mut known = Known::new();
    for named in [Named::Region, Named::Merchant] {
        let kind = named.kind();
        for (id, version, body) in documents::all::<NameBody>(journal, kind).await? {
            let broken = |_| Error::NotServing(format!("the {kind} {id} is not valid"));
            let bits = id.parse::<vocabulary::RegionId>().map_err(broken)?.bits();
            known.insert((named, bits), (version, body));
        }
    }
    Ok(Names(RwLock::new(known)))
}

impl Reference {
    /// Every name of a kind, by id.
    pub fn names(&self, named: Named) -> Vec<(u128, NameBody)> {
        let known = self.names.0.read().unwrap_or_else(PoisonError::into_inner);
        let of_kind = known.iter().filter(|((of, _), _)| *of == named);
        of_kind.map(|((_, id), (_, body))| (*id, body.clone())).collect()
    }

    /// Writes a name in the place of the one before; says its version.
    pub async fn put_name(
        &self,
        named: Named,
        id: u128,
        body: NameBody,
        author: Author,
    ) -> Result<u64, Fault> {
        let _writing = self.writing.lock().await;
        let text = vocabulary::RegionId::from_bits(id).to_string();
        let draft = documents::draft(named.kind(), text, &body, None, author);
        let version = self.journal.put_reference(draft.map_err(broken)?).await?;
        let mut known = self.names.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert((named, id), (version, body));
        Ok(version)
    }
}
