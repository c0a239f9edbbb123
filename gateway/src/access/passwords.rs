//! Passwords: kept as argon2id, checked slowly, tried seldom.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::RateLimiter;
use crate::wire::fault::{Code, Fault};

/// Checks at the same time: each takes 19 MiB and some tens of milliseconds of a core.
const AT_ONCE: usize = 2;
/// Tries of one name that are saved up, and how many come back in a second.
const TRIES: u32 = 10;
const TRIES_PER_S: f64 = 0.2;
const SHORTEST: usize = 8;
const LONGEST: usize = 200;

/// Where passwords are hashed and checked: off the doors' threads, a few at a time.
pub struct Passwords {
    places: Semaphore,
    tries: RateLimiter,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_ONCE), tries: RateLimiter::new() }
    }
}

impl Passwords {
    /// The text to keep of a password. Refuses one that is too short or too long.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        let length = password.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) {
            let message = format!("password must have {SHORTEST} to {LONGEST} characters");
            return Err(Fault::invalid("password", message));
        }
        let made = move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string())
        };
        self.slowly(made).await?.map_err(|error| {
            tracing::error!(%error, "a password cannot be hashed");
            Fault::internal()
        })
    }

    /// Whether the password is the one that was kept. Without a kept one it takes as long and says
    /// no, so that nobody learns which names exist.
    pub async fn check(
        &self,
        name: &str,
        password: String,
        kept: Option<String>,
    ) -> Result<bool, Fault> {
        self.try_once(name)?;
        if password.len() > 4 * LONGEST {
            return Ok(false);
        }
        let check = move || match kept {
            Some(kept) => matches(&password, &kept),
            None => {
                let _ = Argon2::default().hash_password(password.as_bytes());
                false
            }
        };
        let is_right = self.slowly(check).await?;
        // Only wrong ones count; those that are still being checked do meanwhile.
        if is_right {
            self.tries.give_back(bits_of(name), TRIES_PER_S);
        }
        Ok(is_right)
    }

    fn try_once(&self, name: &str) -> Result<(), Fault> {
        self.tries.take(bits_of(name), TRIES_PER_S, TRIES).map_err(|wait| {
            let message = "too many tries with this name: wait as long as retry_after_ms says";
            Fault::new(Code::RateLimited, message).after(wait.as_millis() as u64 + 1)
        })
    }

    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let _place = self.places.acquire().await.map_err(|_| Fault::internal())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Fault::internal())
    }
}

fn bits_of(name: &str) -> u128 {
    let hash = Sha256::digest(name);
    hash.iter().take(16).fold(0u128, |sum, byte| (sum << 8) | u128::from(*byte))
}

fn matches(password: &str, kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &kept).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let passwords = Passwords::default();
        let kept = passwords.hash("correct horse".into()).await.unwrap();
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        assert!(passwords.check("li", "correct horse".into(), Some(kept.clone())).await.unwrap());
        assert!(!passwords.check("li", "correct hors".into(), Some(kept)).await.unwrap());
        assert!(!passwords.check("nobody", "correct horse".into(), None).await.unwrap());
        assert!(passwords.hash("short".into()).await.is_err());
    }

    #[tokio::test]
    async fn guessing_is_slowed_down_by_name() {
        let passwords = Passwords::default();
        for _ in 0..TRIES {
            assert_eq!(passwords.try_once("wang"), Ok(()));
        }
        assert_eq!(passwords.try_once("wang").unwrap_err().code, Code::RateLimited);
        assert_eq!(passwords.try_once("zhao"), Ok(()));
    }

    #[tokio::test]
    async fn who_knows_the_password_may_come_as_often_as_they_like() {
        let passwords = Passwords::default();
        let kept = passwords.hash("correct horse".into()).await.unwrap();
        for _ in 0..TRIES + 5 {
            let is_right = passwords.check("li", "correct horse".into(), Some(kept.clone())).await;
            assert_eq!(is_right, Ok(true));
        }
    }
}
