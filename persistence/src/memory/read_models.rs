//! Rows of readers in maps.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::Memory;
use crate::{PartitionId, ReadModelQuery, ReadModelRow, ReadModelWrite, Result};

#[derive(Default)]
pub(super) struct ReadModels(BTreeMap<(&'static str, PartitionId), BTreeMap<String, String>>);

impl Memory {
    pub(crate) fn put_read_model(&self, write: ReadModelWrite) -> Result<()> {
        let models = &mut self.lock().read_models.0;
        let rows = models.entry((write.reader, write.partition)).or_default();
        rows.extend(write.puts.into_iter().map(|row| (row.key, row.body)));
        write.removals.iter().for_each(|key| {
            rows.remove(key);
        });
        Ok(())
    }

    pub(crate) fn read_model(&self, query: &ReadModelQuery) -> Result<Vec<ReadModelRow>> {
        let models = &self.lock().read_models.0;
        let Some(rows) = models.get(&(query.reader, query.partition)) else {
            return Ok(Vec::new());
        };
        if query.after >= query.until {
            return Ok(Vec::new());
        }
        let bounds = (Bound::Excluded(query.after.clone()), Bound::Excluded(query.until.clone()));
        let page = rows.range(bounds);
        let page = page.take(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(page.map(|(key, body)| ReadModelRow { key: key.clone(), body: body.clone() }).collect())
    }
}
