//! Bodies of every door: the first byte says of which, the rest is what is sent.
#![no_main]

use gateway::wire::bodies::BODIES;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((which, text)) = data.split_first() else { return };
    let (_, reads) = BODIES[usize::from(*which) % BODIES.len()];
    if let Err(fault) = reads(text) {
        assert!(!fault.message.is_empty());
    }
});
