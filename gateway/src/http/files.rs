//! Lists as files: all pages of a list one after the other, as many rows as a file has room for.

use std::future::Future;

use crate::wire::fault::{Code, Fault};

/// The most rows of one file.
const MOST_ROWS: usize = 50_000;
/// Rows that are read at once for a file.
pub(super) const PAGE: u32 = 500;

/// Every row from `after` on. More than a file has room for is refused: `narrow` is what to ask with
/// for fewer.
pub(super) async fn every<R, K, F>(
    after: Option<K>,
    narrow: &'static str,
    mut page: impl FnMut(Option<K>) -> F,
) -> Result<Vec<R>, Fault>
where
    F: Future<Output = Result<(Vec<R>, Option<K>), Fault>>,
{
    let (mut rows, mut after) = (Vec::new(), after);
    loop {
        let (found, next) = page(after).await?;
        rows.extend(found);
        if rows.len() > MOST_ROWS {
            let message = format!("more than {MOST_ROWS} rows: say {narrow} to ask for fewer");
            return Err(Fault::new(Code::InvalidQuery, message).about(narrow));
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    #[tokio::test]
    async fn all_pages_come_and_too_many_are_refused() {
        let page = |after: Option<u32>| {
            let from = after.map_or(0, |last| last + 1);
            let next = (from < 20).then_some(from + 9);
            ready(Ok(((from..from + 10).collect::<Vec<u32>>(), next)))
        };
        assert_eq!(every(None, "q", page).await.unwrap(), (0..30).collect::<Vec<_>>());
        let endless = |after: Option<u32>| ready(Ok((vec![0; 500], after.or(Some(1)))));
        let fault = every(None, "since", endless).await.unwrap_err();
        assert_eq!((fault.code, fault.field.as_deref()), (Code::InvalidQuery, Some("since")));
    }
}
