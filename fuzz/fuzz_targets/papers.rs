//! What others hand in beside bodies, signed and not: the first byte says what it is.
#![no_main]

use gateway::papers::PAPERS;
use libfuzzer_sys::fuzz_target;

fn examples() -> impl Iterator<Item = Vec<u8>> {
    (0..).zip(PAPERS).map(|(which, paper)| [&[which], paper.example].concat())
}

fuzz_target!(
    init: given::sow(examples()),
    |data: &[u8]| {
        let Some((which, bytes)) = data.split_first() else { return };
        let _ = (PAPERS[usize::from(*which) % PAPERS.len()].reads)(bytes);
    }
);
