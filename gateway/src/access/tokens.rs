//! Tokens: 256 random bits, kept as a hash; a shopper's is signed instead and kept nowhere.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use persistence::{Journal, TokenQuery, TokenRow, TokenUse};
use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};
use vocabulary::{OrderId, PrincipalId, Seconds, Timestamp, TokenId};

use super::keys::random;
use super::{Keys, Principal, PrincipalKind, Purpose, Scope};
use crate::error::Error;
use crate::wire::fault::{Code, Fault};

const STORED: &str = "pd_";
pub(crate) const SHOPPER: &str = "ps_";
/// A shopper's token opens its order for this long after the order was placed: the return window
/// and some more.
const SHOPPER_TOKEN_LIFE: Seconds = Seconds(90 * 86_400);
/// Unknown tokens remembered, so that a wrong one asks the database once.
const MOST_STRANGERS: usize = 4_096;
/// Uses that are noted in one statement.
const USES_AT_ONCE: usize = 500;

/// A token to be given out.
#[derive(Debug, Clone)]
pub struct TokenDraft {
    pub id: TokenId,
    pub principal: Principal,
    pub expires_at: Option<Timestamp>,
}

/// A token that was given out. The secret is told once and written nowhere.
#[derive(Debug, Clone)]
pub struct Granted {
    pub id: TokenId,
    pub secret: String,
}

/// Answers who a token stands for, from memory after the first time.
pub struct Tokens {
    journal: Journal,
    keys: Keys,
    known: RwLock<FxHashMap<[u8; 32], Arc<Known>>>,
    /// The tokens of each principal, for sockets that stay open: somebody who logs in at two
    /// screens has two.
    of_principal: RwLock<FxHashMap<PrincipalId, Vec<[u8; 32]>>>,
    strangers: RwLock<FxHashSet<[u8; 32]>>,
}

/// A token that somebody holds or held, for headquarters' list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub row: TokenRow,
    pub principal: Principal,
    /// When it last opened something: to the moment since this process began, to the hour before.
    pub used_at: Option<Timestamp>,
}

struct Known {
    id: u128,
    principal: Arc<Principal>,
    expires_at: Option<Timestamp>,
    revoked: AtomicBool,
    /// Milliseconds since the epoch; 0 before the first time in this process.
    used_at: AtomicI64,
    /// The last use that is written down.
    noted_at: AtomicI64,
}

impl Known {
    fn new(
        id: u128,
        principal: Principal,
        expires_at: Option<Timestamp>,
        is_revoked: bool,
    ) -> Self {
        Self {
            id,
            principal: Arc::new(principal),
            expires_at,
            revoked: AtomicBool::new(is_revoked),
            used_at: AtomicI64::default(),
            noted_at: AtomicI64::default(),
        }
    }

    fn opens(&self, now: Timestamp) -> bool {
        let is_over = self.expires_at.is_some_and(|until| now >= until);
        !is_over && !self.revoked.load(Ordering::Relaxed)
    }

    /// Its last use, where that is not written down yet.
    fn unnoted(&self) -> Option<i64> {
        let used_at = self.used_at.load(Ordering::Relaxed);
        (used_at > self.noted_at.load(Ordering::Relaxed)).then_some(used_at)
    }
}

impl Tokens {
    pub fn new(journal: Journal, keys: Keys) -> Self {
        Self {
            journal,
            keys,
            known: RwLock::default(),
            of_principal: RwLock::default(),
            strangers: RwLock::default(),
        }
    }

    /// Records tokens, all or none. `by` gave them out; nobody did where somebody logged in.
    pub async fn grant(
        &self,
        drafts: Vec<TokenDraft>,
        by: Option<PrincipalId>,
        now: Timestamp,
    ) -> Result<Vec<Granted>, Error> {
        let mut rows = Vec::with_capacity(drafts.len());
        let mut granted = Vec::with_capacity(drafts.len());
        let mut known = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let secret = format!("{STORED}{}", URL_SAFE_NO_PAD.encode(random()?));
            let hash: [u8; 32] = Sha256::digest(&secret).into();
            let principal = serde_json::to_string(&draft.principal)
                .map_err(|source| Error::Encode { what: "principal", source })?;
            rows.push(TokenRow {
                id: draft.id.bits(),
                hash,
                principal,
                created_at: now,
                expires_at: draft.expires_at,
                revoked_at: None,
                granted_by: by.map(|by| format!("principal:{by}")),
                used_at: None,
            });
            let id = draft.id.bits();
            known.push((hash, Known::new(id, draft.principal, draft.expires_at, false)));
            granted.push(Granted { id: draft.id, secret });
        }
        self.journal.put_tokens(rows).await?;
        known.into_iter().for_each(|(hash, known)| self.remember(hash, Arc::new(known)));
        Ok(granted)
    }

    fn remember(&self, hash: [u8; 32], known: Arc<Known>) {
        let mut of_principal = self.of_principal.write().unwrap_or_else(PoisonError::into_inner);
        let tokens = of_principal.entry(known.principal.id).or_default();
        if !tokens.contains(&hash) {
            tokens.push(hash);
        }
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(hash, known);
    }

    /// Whether a token of somebody who was let in earlier is still good.
    pub fn still_stands(&self, principal: &Principal, now: Timestamp) -> bool {
        if let Scope::Order(order) = &principal.scope {
            return now < order.born_at().after(SHOPPER_TOKEN_LIFE);
        }
        let of_principal = self.of_principal.read().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let tokens = of_principal.get(&principal.id).into_iter().flatten();
        tokens.filter_map(|hash| known.get(hash)).any(|known| known.opens(now))
    }

    /// The tokens of a principal that were used or given out since the start.
    pub fn of_principal(&self, principal: PrincipalId) -> Vec<TokenId> {
        let of_principal = self.of_principal.read().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let hashes = of_principal.get(&principal).into_iter().flatten();
        hashes
            .filter_map(|hash| known.get(hash))
            .map(|known| TokenId::from_bits(known.id))
            .collect()
    }

    /// False when there is no such token or it was revoked before.
    pub async fn revoke(&self, token: TokenId, now: Timestamp) -> Result<bool, Error> {
        let revoked = self.journal.revoke_token(token.bits(), now).await?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .values()
            .filter(|known| known.id == token.bits())
            .for_each(|known| known.revoked.store(true, Ordering::Relaxed));
        Ok(revoked)
    }

    /// A page of what was given out, youngest first.
    pub async fn list(&self, query: &TokenQuery) -> Result<Vec<Listed>, Fault> {
        let rows = self.journal.tokens(query).await?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        rows.into_iter()
            .map(|row| {
                let principal = principal_of(&row)?;
                let here = known.get(&row.hash).map(|known| known.used_at.load(Ordering::Relaxed));
                let here = here.filter(|at| *at > 0).map(Timestamp::from_millis);
                let used_at = here.max(row.used_at);
                Ok(Listed { row, principal, used_at })
            })
            .collect()
    }

    /// Writes down when tokens were last used, and says how many were.
    pub async fn note_uses(&self) -> Result<u64, Error> {
        let used: Vec<(Arc<Known>, i64)> = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let used = known.values().filter_map(|one| Some((Arc::clone(one), one.unnoted()?)));
            used.collect()
        };
        let mut count = 0;
        for part in used.chunks(USES_AT_ONCE) {
            let uses = part
                .iter()
                .map(|(known, at)| TokenUse { id: known.id, at: Timestamp::from_millis(*at) });
            count += self.journal.tokens_used(uses.collect()).await?;
            part.iter().for_each(|(known, at)| known.noted_at.store(*at, Ordering::Relaxed));
        }
        Ok(count)
    }

    /// Forgets tokens that were over, by their time or by a word, before a moment: here and where
    /// they are written down. Says how many were written down.
    pub async fn forget(&self, before: Timestamp) -> Result<u64, Error> {
        let forgotten = self.journal.forget_tokens(before).await?;
        // What was revoked is read again where it is asked for.
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, known| known.opens(before));
        drop(known);
        // In the order in which tokens are remembered: of their holder first.
        let mut of_principal = self.of_principal.write().unwrap_or_else(PoisonError::into_inner);
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        of_principal.retain(|_, hashes| {
            hashes.retain(|hash| known.contains_key(hash));
            !hashes.is_empty()
        });
        Ok(forgotten)
    }

    /// The token that opens one order; placing again gives the same.
    pub fn shopper_token(&self, order: OrderId) -> String {
        Self::signed_for_shopper(&self.keys, order.bits().to_be_bytes())
    }

    pub(crate) fn signed_for_shopper(keys: &Keys, id: [u8; 16]) -> String {
        let signature = keys.sign(Purpose::ShopperToken, &id);
        let mut bytes = [0; 48];
        let (head, tail) = bytes.split_at_mut(16);
        head.copy_from_slice(&id);
        tail.copy_from_slice(&signature);
        format!("{SHOPPER}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Who the token stands for now.
    pub async fn principal(&self, token: &str, now: Timestamp) -> Result<Arc<Principal>, Fault> {
        self.identify(token, now).await.map(|(principal, _)| principal)
    }

    /// Who the token stands for now, and which of the stored tokens it is.
    pub async fn identify(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(Arc<Principal>, Option<TokenId>), Fault> {
        if let Some(text) = token.strip_prefix(SHOPPER) {
            return Self::shopper(&self.keys, text, now)
                .map(|principal| (Arc::new(principal), None));
        }
        let hash: [u8; 32] = Sha256::digest(token).into();
        let remembered =
            self.known.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        let known = match remembered {
            Some(known) => known,
            None => self.look_up(hash).await?,
        };
        if !known.opens(now) {
            return Err(invalid());
        }
        known.used_at.store(now.as_millis(), Ordering::Relaxed);
        Ok((Arc::clone(&known.principal), Some(TokenId::from_bits(known.id))))
    }

    /// The holder of a shopper's token, without what it begins with.
    pub(crate) fn shopper(keys: &Keys, text: &str, now: Timestamp) -> Result<Principal, Fault> {
        let mut bytes = [0; 48];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).map_err(|_| invalid())?;
        let (id, signature) = bytes.split_first_chunk::<16>().ok_or_else(invalid)?;
        if length != 48 || !keys.is_signed(Purpose::ShopperToken, id, signature) {
            return Err(invalid());
        }
        let order = OrderId::from_bits(u128::from_be_bytes(*id));
        if now >= order.born_at().after(SHOPPER_TOKEN_LIFE) {
            return Err(invalid());
        }
        Ok(Principal {
            id: PrincipalId::from_bits(order.bits()),
            kind: PrincipalKind::Shopper,
            role: "shopper".into(),
            name: "shopper".into(),
            scope: Scope::Order(order),
        })
    }

    async fn look_up(&self, hash: [u8; 32]) -> Result<Arc<Known>, Fault> {
        if self.strangers.read().unwrap_or_else(PoisonError::into_inner).contains(&hash) {
            return Err(invalid());
        }
        let Some(row) = self.journal.token_by_hash(&hash).await? else {
            let mut strangers = self.strangers.write().unwrap_or_else(PoisonError::into_inner);
            if strangers.len() >= MOST_STRANGERS {
                strangers.clear();
            }
            strangers.insert(hash);
            return Err(invalid());
        };
        let principal = principal_of(&row)?;
        let known = Known::new(row.id, principal, row.expires_at, row.revoked_at.is_some());
        let known = Arc::new(known);
        self.remember(hash, Arc::clone(&known));
        Ok(known)
    }
}

fn principal_of(row: &TokenRow) -> Result<Principal, Fault> {
    serde_json::from_str(&row.principal).map_err(|error| {
        let token = TokenId::from_bits(row.id);
        tracing::error!(%error, %token, "a stored principal cannot be read");
        Fault::internal()
    })
}

fn invalid() -> Fault {
    Fault::new(Code::TokenInvalid, "this token is unknown, expired or revoked: get a new one")
}

#[cfg(test)]
mod tests {
    use persistence::MemoryOptions;
    use vocabulary::{Chance, IdSource, Slot};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn tokens(journal: &Journal) -> Tokens {
        Tokens::new(journal.clone(), Keys::from_secret(&[1; 32]).unwrap())
    }

    fn draft(expires_at: Option<Timestamp>) -> TokenDraft {
        let principal = Principal {
            id: PrincipalId::from_bits(5),
            kind: PrincipalKind::Staff,
            role: "picker".into(),
            name: "picker 1".into(),
            scope: Scope::All,
        };
        TokenDraft { id: TokenId::from_bits(9), principal, expires_at }
    }

    #[tokio::test]
    async fn a_token_is_known_again_after_a_restart() {
        let journal = Journal::memory(MemoryOptions::default());
        let granted = tokens(&journal).grant(vec![draft(None)], None, NOW).await.unwrap();
        let again = tokens(&journal);
        let principal = again.principal(&granted[0].secret, NOW).await.unwrap();
        assert_eq!(&*principal.role, "picker");
        assert!(again.still_stands(&principal, NOW));
        assert!(again.revoke(TokenId::from_bits(9), NOW).await.unwrap());
        assert!(!again.still_stands(&principal, NOW));
        let refused = again.principal(&granted[0].secret, NOW).await.unwrap_err();
        assert_eq!(refused.code, Code::TokenInvalid);
    }

    #[tokio::test]
    async fn an_expired_and_an_unknown_token_look_alike() {
        let journal = Journal::memory(MemoryOptions::default());
        let tokens = tokens(&journal);
        let until = NOW.after(Seconds(60));
        let granted = tokens.grant(vec![draft(Some(until))], None, NOW).await.unwrap();
        let principal = tokens.principal(&granted[0].secret, NOW).await.unwrap();
        assert!(tokens.still_stands(&principal, NOW));
        assert!(!tokens.still_stands(&principal, until));
        let expired = tokens.principal(&granted[0].secret, until).await.unwrap_err();
        let unknown = tokens.principal("pd_nobody", NOW).await.unwrap_err();
        assert_eq!(expired, unknown);
        assert_eq!(tokens.principal("pd_nobody", NOW).await.unwrap_err(), unknown);
    }

    #[tokio::test]
    async fn a_list_says_who_gave_a_token_out_and_when_it_was_used() {
        let journal = Journal::memory(MemoryOptions::default());
        let tokens = tokens(&journal);
        let by = PrincipalId::from_bits(7);
        let until = NOW.after(Seconds(60));
        let granted = tokens.grant(vec![draft(Some(until))], Some(by), NOW).await.unwrap();
        let all = TokenQuery { limit: 9, ..TokenQuery::default() };
        let listed = tokens.list(&all).await.unwrap().remove(0);
        assert_eq!((listed.used_at, &*listed.principal.name), (None, "picker 1"));
        assert_eq!(listed.row.granted_by, Some(format!("principal:{by}")));

        let then = NOW.after(Seconds(5));
        tokens.principal(&granted[0].secret, then).await.unwrap();
        assert_eq!(tokens.list(&all).await.unwrap()[0].used_at, Some(then));
        assert_eq!(tokens.note_uses().await.unwrap(), 1);
        assert_eq!(tokens.note_uses().await.unwrap(), 0, "nothing has happened since");
        let again = self::tokens(&journal);
        assert_eq!(again.list(&all).await.unwrap()[0].used_at, Some(then), "over a restart");

        assert_eq!(tokens.forget(until).await.unwrap(), 0, "it is over from then on, not before");
        assert_eq!(tokens.forget(until.after(Seconds(1))).await.unwrap(), 1);
        assert_eq!(tokens.of_principal(PrincipalId::from_bits(5)), []);
        assert!(tokens.list(&all).await.unwrap().is_empty());
        assert!(tokens.principal(&granted[0].secret, NOW).await.is_err());
    }

    #[tokio::test]
    async fn a_shoppers_token_opens_its_own_order_for_ninety_days() {
        let journal = Journal::memory(MemoryOptions::default());
        let tokens = tokens(&journal);
        let order: OrderId = IdSource::new(Slot(1), Chance::from_seed(1)).next(NOW);
        let token = tokens.shopper_token(order);
        assert_eq!(token, tokens.shopper_token(order));
        let principal = tokens.principal(&token, NOW).await.unwrap();
        assert_eq!(principal.scope, Scope::Order(order));
        let mut forged = token.clone();
        forged.replace_range(5..6, if &token[5..6] == "A" { "B" } else { "A" });
        assert!(tokens.principal(&forged, NOW).await.is_err());
        assert!(tokens.principal(&token, NOW.after(SHOPPER_TOKEN_LIFE)).await.is_err());
    }
}
