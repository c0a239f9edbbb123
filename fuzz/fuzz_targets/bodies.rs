//! Bodies of every door: the first byte says of which, the rest is what is sent.
#![no_main]

use gateway::wire::bodies::BODIES;
use libfuzzer_sys::fuzz_target;

fn examples() -> impl Iterator<Item = Vec<u8>> {
    let bodies = given::doors().into_iter().filter_map(|door| door.body);
    bodies.filter_map(|body| {
        let which = BODIES.iter().position(|(known, _)| Some(*known) == body.name.as_deref())?;
        Some([&[which as u8], body.bytes.as_slice()].concat())
    })
}

fuzz_target!(
    init: given::sow(examples()),
    |data: &[u8]| {
        let Some((which, text)) = data.split_first() else { return };
        let (_, reads) = BODIES[usize::from(*which) % BODIES.len()];
        if let Err(fault) = reads(text) {
            assert!(!fault.message.is_empty());
        }
    }
);
