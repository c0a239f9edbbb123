//! Bugs that are planted on purpose, to show that checks and tests catch them.
//!
//! A build with the feature `planted` behaves as its environment says: `PAIDAN_PLANTED` names the
//! bugs, parted by commas. In every other build asking is `false` when it is compiled, and nothing
//! is left of the question. A build that is meant for use refuses the feature.

#[cfg(all(feature = "planted", not(debug_assertions)))]
compile_error!("planted bugs are for tests only: build without the feature `planted`");

/// The environment's variable that names the bugs.
pub const VARIABLE: &str = "PAIDAN_PLANTED";
/// The one that names where the process ends, and at which time of coming by.
pub const KILL_VARIABLE: &str = "PAIDAN_KILL_AT";

/// A place where the process may end as by a kill: `PAIDAN_KILL_AT=name:nth` ends it when it comes by
/// for the nth time.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn kill_point(_name: &str) {}

#[cfg(feature = "planted")]
pub fn kill_point(name: &str) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static CHOSEN: std::sync::OnceLock<Option<(String, u64)>> = std::sync::OnceLock::new();
    static TIMES: AtomicU64 = AtomicU64::new(0);
    let read = || {
        let told = std::env::var(KILL_VARIABLE).ok()?;
        let (name, nth) = told.split_once(':')?;
        Some((name.to_owned(), nth.parse().ok()?))
    };
    let Some((chosen, nth)) = CHOSEN.get_or_init(read) else { return };
    if chosen == name && TIMES.fetch_add(1, Ordering::Relaxed) + 1 == *nth {
        std::process::abort();
    }
}

/// Whether this bug is planted here and now. What it does wrong stands beside the question, or
/// before what is right: `planted!("bug", wrong, right)`.
#[macro_export]
macro_rules! planted {
    ($bug:literal) => {
        $crate::planted::is($bug)
    };
    ($bug:literal, every $times:literal) => {
        $crate::planted::now_and_then($bug, $times)
    };
    ($bug:literal, $wrong:expr, $right:expr) => {
        if $crate::planted::is($bug) { $wrong } else { $right }
    };
}

#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn is(_bug: &str) -> bool {
    false
}

#[cfg(feature = "planted")]
pub fn is(bug: &str) -> bool {
    static NAMED: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let named = NAMED.get_or_init(|| std::env::var(VARIABLE).unwrap_or_default());
    named.split(',').any(|name| name == bug)
}

/// Whether this is the time for something that happens once in so many times.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn now_and_then(_fault: &str, _every: u64) -> bool {
    false
}

#[cfg(feature = "planted")]
pub fn now_and_then(fault: &str, every: u64) -> bool {
    use std::sync::atomic::{AtomicU64, Ordering};
    static TIMES: AtomicU64 = AtomicU64::new(0);
    is(fault) && TIMES.fetch_add(1, Ordering::Relaxed) % every == every - 1
}
