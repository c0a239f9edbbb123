//! Log-in by phone: a code of six digits, once, for five minutes, to be typed five times at most.

use std::sync::{Mutex, PoisonError};

use commerce::member::PhoneKey;
use rustc_hash::FxHashMap;
use subtle::ConstantTimeEq;
use vocabulary::{Seconds, Timestamp};

use crate::access::{RateLimiter, random};
use crate::wire::fault::{Code, Fault};

const LIFE: Seconds = Seconds(300);
const TRIES: u32 = 5;
/// A phone gets a code every so often, and this many at once.
const SECONDS_BETWEEN: f64 = 30.0;
const AT_ONCE: u32 = 3;
/// Codes that wait to be typed; when there are more, those whose time is over go.
const REMEMBERED: usize = 65_536;

/// Codes that were sent and not typed yet. A restart forgets them: the shopper asks for another.
pub struct LogInCodes {
    sent: Mutex<FxHashMap<PhoneKey, Sent>>,
    /// By phone.
    rate: RateLimiter,
    /// Of all phones together: each code may cost money, whoever asks for it.
    all: RateLimiter,
    per_minute: u32,
}

struct Sent {
    code: String,
    expires_at: Timestamp,
    tries: u32,
}

impl LogInCodes {
    pub fn new(per_minute: u32) -> Self {
        let (sent, rate, all) = (Mutex::default(), RateLimiter::new(), RateLimiter::new());
        Self { sent, rate, all, per_minute }
    }

    /// A new code for a phone, in the place of the one before; and until when it can be typed.
    /// `scale` is how much faster than the wall the house's time passes.
    pub fn make(
        &self,
        phone: PhoneKey,
        now: Timestamp,
        scale: f64,
    ) -> Result<(String, Timestamp), Fault> {
        let per_second = scale.max(1.0) / SECONDS_BETWEEN;
        self.rate.take(phone.bits(), per_second, AT_ONCE).map_err(|wait| {
            let message = "this phone has got enough codes: wait as long as retry_after_ms says";
            Fault::new(Code::RateLimited, message).after(wait.as_millis() as u64 + 1)
        })?;
        let of_all = f64::from(self.per_minute) * scale.max(1.0) / 60.0;
        self.all.take(0, of_all, self.per_minute).map_err(|wait| {
            self.rate.give_back(phone.bits(), per_second);
            let message = "too many codes are asked for at this server: try again a little later";
            Fault::new(Code::RateLimited, message).after(wait.as_millis() as u64 + 1)
        })?;
        let bytes = random().map_err(|_| Fault::internal())?;
        let number = bytes.iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        let code = format!("{:06}", number % 1_000_000);
        let expires_at = now.after(LIFE);
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() >= REMEMBERED {
            sent.retain(|_, known| known.expires_at > now);
        }
        if sent.len() >= REMEMBERED {
            return Err(Fault::busy());
        }
        sent.insert(phone, Sent { code: code.clone(), expires_at, tries: 0 });
        Ok((code, expires_at))
    }

    /// Takes a code that is right; a wrong one counts.
    pub fn take(&self, phone: PhoneKey, code: &str, now: Timestamp) -> Result<(), Fault> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        judge(&mut sent, phone, code, now)?;
        sent.remove(&phone);
        Ok(())
    }

    /// Whether a code is right. It stays good for what its phone does with it next; a wrong one counts.
    pub fn check(&self, phone: PhoneKey, code: &str, now: Timestamp) -> Result<(), Fault> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        judge(&mut sent, phone, code, now)
    }
}

fn judge(
    sent: &mut FxHashMap<PhoneKey, Sent>,
    phone: PhoneKey,
    code: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let known = sent.get_mut(&phone).filter(|known| known.expires_at > now);
    let Some(known) = known else {
        let message = "there is no code for this phone, or its time is over: ask for another";
        return Err(Fault::new(Code::CodeMissing, message).about("code"));
    };
    if bool::from(known.code.as_bytes().ct_eq(code.trim().as_bytes())) {
        return Ok(());
    }
    known.tries += 1;
    let left = TRIES.saturating_sub(known.tries);
    if left == 0 {
        sent.remove(&phone);
        let message = "too many wrong codes: ask for another";
        return Err(Fault::new(Code::CodeLocked, message).about("code"));
    }
    let message = format!("wrong code: {left} tries left");
    Err(Fault::new(Code::CodeWrong, message).about("code"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
    const PHONE: PhoneKey = PhoneKey::from_bits(5);

    #[test]
    fn a_code_opens_once_and_within_its_time() {
        let codes = LogInCodes::new(600);
        let (code, until) = codes.make(PHONE, NOW, 1.0).unwrap();
        assert_eq!(codes.take(PHONE, &code, until).unwrap_err().code, Code::CodeMissing);
        let other = PhoneKey::from_bits(6);
        assert_eq!(codes.take(other, &code, NOW).unwrap_err().code, Code::CodeMissing);
        codes.check(PHONE, &code, NOW).unwrap();
        codes.take(PHONE, &code, NOW).unwrap();
        assert_eq!(codes.take(PHONE, &code, NOW).unwrap_err().code, Code::CodeMissing);
    }

    #[test]
    fn all_phones_together_have_a_limit_that_does_not_count_against_one() {
        let codes = LogInCodes::new(2);
        let phone = |number| PhoneKey::from_bits(number);
        codes.make(phone(1), NOW, 1.0).unwrap();
        codes.make(phone(2), NOW, 1.0).unwrap();
        for _ in 0..2 * AT_ONCE {
            let fault = codes.make(phone(3), NOW, 1.0).unwrap_err();
            assert!(fault.message.contains("at this server"), "{}", fault.message);
        }
    }

    #[test]
    fn five_wrong_codes_end_it_and_codes_come_slowly() {
        let codes = LogInCodes::new(600);
        let (code, _) = codes.make(PHONE, NOW, 1.0).unwrap();
        for left in (1..5).rev() {
            let fault = codes.take(PHONE, "no", NOW).unwrap_err();
            assert!(fault.message.contains(&left.to_string()), "{}", fault.message);
        }
        assert_eq!(codes.take(PHONE, "no", NOW).unwrap_err().code, Code::CodeLocked);
        assert_eq!(codes.take(PHONE, &code, NOW).unwrap_err().code, Code::CodeMissing);
        codes.make(PHONE, NOW, 1.0).unwrap();
        codes.make(PHONE, NOW, 1.0).unwrap();
        assert_eq!(codes.make(PHONE, NOW, 1.0).unwrap_err().code, Code::RateLimited);
        codes.make(PhoneKey::from_bits(9), NOW, 1.0).unwrap();
    }
}
