//! Progress on standard error: a bar on a terminal, a plain line now and then elsewhere.

use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a plain line is written.
const LINE_EVERY: Duration = Duration::from_secs(5);

pub struct Console {
    is_silent: bool,
    bar: Option<ProgressBar>,
    last_line: Cell<Option<Instant>>,
}

impl Console {
    /// `length` in whatever unit the command counts.
    pub fn begin(length: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(length).with_style(style)
        });
        Self { is_silent: false, bar, last_line: Cell::new(None) }
    }

    /// Says nothing: for one of many.
    pub fn silent() -> Self {
        Self { is_silent: true, bar: None, last_line: Cell::new(None) }
    }

    pub fn tell(&self, position: u64, message: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(position);
                bar.set_message(message.to_owned());
            }
            None if self.is_silent => {}
            None => {
                let is_due = self.last_line.get().is_none_or(|at| at.elapsed() >= LINE_EVERY);
                if is_due {
                    self.last_line.set(Some(Instant::now()));
                    eprintln!("  {message}");
                }
            }
        }
    }

    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
