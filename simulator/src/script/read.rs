//! A script's text as lines that can be played.

use std::str::FromStr;

/// What cannot be read or played, and in which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ScriptError {
    pub line: usize,
    pub problem: String,
}

pub(super) type Result<T> = std::result::Result<T, ScriptError>;

/// The word in a script's head that has it played over real sockets as well.
pub(super) const WIRE: &str = "wire";

pub(super) struct Script {
    /// Everything before the first action, word for word.
    pub head: Vec<String>,
    /// The lines of the head that say something.
    pub town: Vec<Line>,
    pub actions: Vec<Action>,
}

/// A line's words, with its number for complaints.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub number: usize,
    words: Vec<String>,
    next: usize,
}

pub(super) struct Action {
    /// Comments and blanks above it.
    pub above: Vec<String>,
    pub text: String,
    pub at_s: u64,
    pub line: Line,
    /// What the script says happens from here until the next action.
    pub expected: Vec<Expectation>,
}

/// An `expect` line of a script.
pub(super) struct Expectation {
    pub text: String,
    pub at_s: u64,
    pub sentence: String,
}

pub(super) fn read(text: &str) -> Result<Script> {
    let mut script = Script { head: Vec::new(), town: Vec::new(), actions: Vec::new() };
    let mut above = Vec::new();
    for (index, text) in text.lines().enumerate() {
        let mut line = Line::new(index + 1, text);
        let is_remark = text.trim().is_empty() || text.trim_start().starts_with('#');
        if line.take("at") {
            let (at_s, text) = (line.seconds()?, text.trim_end().to_owned());
            if let Some((_, sentence)) = text.split_once(" expect ") {
                let expectation = Expectation { at_s, sentence: sentence.to_owned(), text };
                let Some(action) = script.actions.last_mut() else {
                    return Err(line.problem("nothing has happened yet: begin with an action"));
                };
                action.expected.push(expectation);
            } else {
                let (above, expected) = (std::mem::take(&mut above), Vec::new());
                script.actions.push(Action { above, text, at_s, line, expected });
            }
        } else if is_remark && !script.actions.is_empty() {
            above.push(text.trim_end().to_owned());
        } else if script.actions.is_empty() {
            script.head.push(text.trim_end().to_owned());
            if !is_remark {
                script.town.push(line);
            }
        } else {
            return Err(line.problem("an action begins with 'at'"));
        }
    }
    Ok(script)
}

impl Script {
    /// Whether it is marked to be played over the wire as well.
    pub fn is_marked_wire(&self) -> bool {
        self.town.iter().any(|line| line.peek() == Some(WIRE))
    }
}

impl Line {
    fn new(number: usize, text: &str) -> Self {
        let words = text.split_whitespace().map(|word| word.trim_end_matches(',').to_owned());
        Self { number, words: words.collect(), next: 0 }
    }

    pub fn problem(&self, problem: impl Into<String>) -> ScriptError {
        ScriptError { line: self.number, problem: problem.into() }
    }

    pub fn peek(&self) -> Option<&str> {
        self.words.get(self.next).map(String::as_str)
    }

    pub fn word(&mut self, what: &str) -> Result<String> {
        let word = self.words.get(self.next).cloned();
        let word = word.ok_or_else(|| self.problem(format!("{what} is missing")))?;
        self.next += 1;
        Ok(word)
    }

    /// Takes the phrase when it comes next.
    pub fn take(&mut self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split(' ').collect();
        let rest = self.words.get(self.next..).unwrap_or_default();
        let comes = rest.len() >= words.len() && rest.iter().zip(&words).all(|(a, b)| a == b);
        if comes {
            self.next += words.len();
        }
        comes
    }

    pub fn expect(&mut self, phrase: &str) -> Result<()> {
        if self.take(phrase) { Ok(()) } else { Err(self.problem(format!("'{phrase}' is missing"))) }
    }

    pub fn end(&self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(word) => Err(self.problem(format!("'{word}' means nothing here"))),
        }
    }

    /// All that is left, as one text.
    pub fn rest(&mut self) -> String {
        let rest = self.words.get(self.next..).unwrap_or_default().join(" ");
        self.next = self.words.len();
        rest
    }

    /// `90s`, `5min` or `2h`.
    pub fn seconds(&mut self) -> Result<u64> {
        let word = self.word("a time")?;
        let parse = |digits: &str, unit: u64| digits.parse::<u64>().ok().map(|n| n * unit);
        let seconds = if let Some(digits) = word.strip_suffix("min") {
            parse(digits, 60)
        } else if let Some(digits) = word.strip_suffix('h') {
            parse(digits, 3_600)
        } else {
            word.strip_suffix('s').and_then(|digits| parse(digits, 1))
        };
        seconds.ok_or_else(|| self.problem(format!("'{word}' is no time such as 90s, 5min or 2h")))
    }

    /// `500,-200`: metres east and north.
    pub fn spot(&mut self) -> Result<(f64, f64)> {
        let word = self.word("a place")?;
        let spot = word.split_once(',').and_then(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)));
        spot.ok_or_else(|| self.problem(format!("'{word}' is no place such as 500,-200")))
    }

    pub fn number<N: FromStr>(&mut self, what: &str) -> Result<N> {
        let word = self.word(what)?;
        word.parse().map_err(|_| self.problem(format!("'{word}' is no {what}")))
    }

    /// `milk×2 rice×1`, as many as come.
    pub fn units(&mut self) -> Result<Vec<(String, u32)>> {
        let mut units = Vec::new();
        while let Some((name, count)) = self.peek().and_then(|word| word.split_once('×')) {
            let count = count.parse::<u32>();
            let count = count.map_err(|_| self.problem("a count such as milk×2 is missing"))?;
            units.push((name.to_owned(), count));
            self.next += 1;
        }
        Ok(units)
    }
}
