//! The chain of digests over the journal and over the documents, computed again row by row, and the
//! heads that somebody noted elsewhere.

use std::fmt::Write;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::findings::Findings;

/// A chain that is followed.
#[derive(Default)]
pub struct Chain {
    last: [u8; 32],
    has_begun: bool,
}

impl Chain {
    /// Takes a row of these parts that says to be followed by `told`; where it is not, what it should
    /// say. The rows after it are held against what it does say, so that one forged row is one finding.
    pub fn follow(&mut self, parts: &[&[u8]], told: &str) -> Result<(), String> {
        // Written before there was a chain.
        if told.is_empty() && !self.has_begun {
            return Ok(());
        }
        let mut digest = Sha256::new_with_prefix(self.last);
        parts.iter().for_each(|part| digest.update(part));
        let expected: [u8; 32] = digest.finalize().into();
        self.has_begun = true;
        let is_right = hex(&expected) == told;
        self.last = if is_right { expected } else { bytes_of(told) };
        if is_right { Ok(()) } else { Err(hex(&expected)) }
    }

    /// As a column shows it; empty before the first row.
    pub fn told(&self) -> String {
        if self.has_begun { hex(&self.last) } else { String::new() }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Zeros for what is no digest: nothing follows them.
fn bytes_of(told: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        let digits = told.get(at..at + 2).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    bytes
}

/// A head as `GET /v1/audit/head` told it some day: `PARTITION:SEQ:CHAIN` or
/// `documents:REVISION:CHAIN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// `None` is the documents.
    partition: Option<u16>,
    through: u64,
    chain: String,
}

impl FromStr for Anchor {
    type Err = String;

    fn from_str(told: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{told:?} is not PARTITION:SEQ:CHAIN or documents:REVISION:CHAIN, 64 digits long"
            )
        };
        let mut parts = told.splitn(3, ':');
        let mut next = || parts.next().ok_or_else(wrong);
        let partition = match next()? {
            "documents" => None,
            number => Some(number.parse().map_err(|_| wrong())?),
        };
        let through = next()?.parse().map_err(|_| wrong())?;
        let chain = next()?.to_ascii_lowercase();
        let is_digest = chain.len() == 64 && chain.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_digest { Ok(Self { partition, through, chain }) } else { Err(wrong()) }
    }
}

/// Noted heads that were not come by yet.
pub struct Anchors(Vec<Anchor>);

impl Anchors {
    pub fn new(noted: &[Anchor]) -> Self {
        Self(noted.to_vec())
    }

    /// A row that is the last of a partition, or of the documents, as of some moment.
    pub fn pass(
        &mut self,
        partition: Option<u16>,
        through: u64,
        chain: &str,
        findings: &mut Findings,
    ) {
        let is_here = |anchor: &Anchor| (anchor.partition, anchor.through) == (partition, through);
        for anchor in self.0.extract_if(.., |anchor| is_here(anchor)) {
            let key = || anchor.key();
            findings.check(anchor.chain == chain, "noted_head_is_there", "event_run", key, || {
                format!("{} was noted, {chain} is there", anchor.chain)
            });
        }
    }

    pub fn finish(self, findings: &mut Findings) {
        for anchor in self.0 {
            let detail = "nothing ends there any more".to_owned();
            findings.broken("noted_head_is_there", "event_run", anchor.key(), detail);
        }
    }
}

impl Anchor {
    fn key(&self) -> String {
        match self.partition {
            Some(partition) => format!("{partition}, {}", self.through),
            None => format!("documents, {}", self.through),
        }
    }
}
