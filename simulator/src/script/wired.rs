//! The same script over HTTP and WebSockets against a server whose clock runs fast: real answers
//! take their time, so a sentence counts as the expected one when it comes about when expected.

use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::task::LocalSet;

use super::player::{Player, Told, in_head};
use super::read::{Action, Result, Script, ScriptError, read};
use super::setup::set_up;
use crate::doors::wire::{Target, Wire};
use crate::doors::{Doors, FLAT_FEE};

/// How far from its expected second a sentence may be, in the city's time: a dispatch round or two.
const TOLERANCE_S: i64 = 20;
/// How long what is expected is waited for beyond its second, by the wall's clock.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Whether a script is marked to be played over the wire as well.
pub fn is_marked_wire(text: &str) -> Result<bool> {
    Ok(read(text)?.is_marked_wire())
}

/// Plays a script against a server that holds nothing yet, with headquarters' token, and gives it
/// back with what really happened. What came about when expected comes back word for word; what
/// did not come is left out, and what nobody expected stands where it was heard.
pub fn play_over_wire(text: &str, server: &str, hq_token: &str) -> Result<String> {
    let in_setting_up = |problem| ScriptError { line: 0, problem };
    let script = read(text)?;
    let target = Target::parse(server).map_err(in_setting_up)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| in_setting_up(error.to_string()))?;
    let people = LocalSet::new();
    people.block_on(&runtime, async {
        let wire = Wire::connect(target, hq_token.to_owned()).await.map_err(in_head)?;
        play_here(script, wire).await
    })
}

async fn play_here(script: Script, wire: Wire) -> Result<String> {
    let setup = set_up(&script.town)?;
    wire.put_policy(&setup.policy).await.map_err(in_head)?;
    wire.put_flat_fee(FLAT_FEE).await.map_err(in_head)?;
    wire.furnish(&setup.town).await.map_err(in_head)?;
    wire.admit(&setup.town).await.map_err(in_head)?;
    let pace = wire.scale();
    let mut play = Play {
        player: Player::start(setup, Rc::new(wire), pace).await?,
        heard: Vec::new(),
        lines: script.head,
    };
    for action in script.actions {
        play.action(action).await?;
    }
    play.end().await
}

struct Play {
    player: Player<Wire>,
    /// What was heard and not yet expected.
    heard: Vec<Told>,
    lines: Vec<String>,
}

impl Play {
    async fn action(&mut self, action: Action) -> Result<()> {
        self.player.sleep_until(action.at_s).await;
        self.listen().await?;
        self.tell_surprises(action.at_s);
        self.lines.extend(action.above);
        self.lines.push(action.text);
        let refusal = self.player.do_it(action.line).await?;
        self.heard.extend(refusal);
        for expectation in action.expected {
            self.player.sleep_until(expectation.at_s).await;
            if self.hears(expectation.at_s, &expectation.sentence).await? {
                self.lines.push(expectation.text);
            }
        }
        Ok(())
    }

    async fn listen(&mut self) -> Result<()> {
        let news = self.player.news().await?;
        self.heard.extend(news);
        Ok(())
    }

    /// Waits for a sentence at about this second; false when it does not come.
    async fn hears(&mut self, at_s: u64, sentence: &str) -> Result<bool> {
        let at_s = i64::try_from(at_s).unwrap_or(i64::MAX);
        let is_it =
            |told: &Told| told.sentence == sentence && (told.at_s - at_s).abs() <= TOLERANCE_S;
        let began = Instant::now();
        loop {
            self.listen().await?;
            if let Some(position) = self.heard.iter().position(is_it) {
                self.heard.remove(position);
                return Ok(true);
            }
            if began.elapsed() > PATIENCE {
                return Ok(false);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Writes down what is too old to be expected any more.
    fn tell_surprises(&mut self, now_s: u64) {
        let oldest = i64::try_from(now_s).unwrap_or(i64::MAX).saturating_sub(TOLERANCE_S);
        let (old, new) = self.heard.drain(..).partition(|told| told.at_s < oldest);
        self.heard = new;
        let old: Vec<Told> = old;
        self.lines.extend(old.iter().map(Told::line));
    }

    async fn end(mut self) -> Result<String> {
        self.listen().await?;
        self.tell_surprises(u64::MAX);
        let began = Instant::now();
        let mut behind = self.player.screens_that_differ().await?;
        while !behind.is_empty() && began.elapsed() < PATIENCE {
            tokio::time::sleep(LOOK_EVERY).await;
            behind = self.player.screens_that_differ().await?;
        }
        let behind = behind.iter().map(|order| format!("# the screen of {order} is behind"));
        self.lines.extend(behind);
        self.lines.extend(self.player.findings());
        self.lines.push(String::new());
        Ok(self.lines.join("\n"))
    }
}
