//! What a client says over its socket.
#![no_main]

use gateway::wire::socket;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(fault) = socket::read(text) {
        assert!(!fault.message.is_empty());
    }
});
