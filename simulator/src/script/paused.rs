//! A script in a partition of this process: time jumps from one thing to the next, so what happens
//! happens to the second.

use std::rc::Rc;

use vocabulary::Timestamp;

use super::player::{Player, Told, in_head};
use super::read::{Result, Script, ScriptError, read};
use super::setup::set_up;
use crate::doors::Doors;
use crate::doors::direct::{Direct, DirectConfig};

/// A quiet Monday noon.
const BEGINS: Timestamp = Timestamp::from_millis(1_772_424_000_000);

/// Plays a script in a System of its own and gives it back with what really happened. A script is
/// right when it comes back unchanged.
pub fn play(text: &str) -> Result<String> {
    let script = read(text)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| ScriptError { line: 0, problem: error.to_string() })?;
    let mut runtime = Some(runtime);
    let system = actix::System::with_tokio_rt(|| {
        runtime.take().unwrap_or_else(|| unreachable!("a System asks for one runtime"))
    });
    system.block_on(play_here(script))
}

async fn play_here(script: Script) -> Result<String> {
    let setup = set_up(&script.town)?;
    let doors = Rc::new(Direct::start(DirectConfig {
        seed: 7,
        center: setup.town.center,
        travel: setup.town.travel,
        policy: setup.policy.clone(),
        begins_at: BEGINS,
    }));
    doors.furnish(&setup.town).await.map_err(in_head)?;
    let mut player = Player::start(setup, doors, 1.0).await?;
    let mut lines = script.head;
    for action in script.actions {
        player.sleep_until(action.at_s).await;
        lines.extend(told(player.news().await?));
        lines.extend(action.above);
        lines.push(action.text);
        let refusal = player.do_it(action.line).await?;
        lines.extend(told(player.news().await?));
        lines.extend(told(refusal));
    }
    lines.extend(told(player.news().await?));
    lines.extend(player.findings());
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn told(news: impl IntoIterator<Item = Told>) -> impl Iterator<Item = String> {
    news.into_iter().map(|told| told.line())
}
