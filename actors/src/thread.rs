//! A partition on a thread of its own.

use persistence::Journal;
use tokio::sync::{mpsc, oneshot};

use crate::error::Error;
use crate::output::Output;
use crate::partition::{Partition, PartitionConfig};

/// Starts a thread with an actix System that runs one partition until it is drained.
///
/// Nothing else runs on the thread: no doors, no database driver, nothing over a millisecond.
pub async fn start_thread(
    config: PartitionConfig,
    journal: Journal,
    outlet: mpsc::Sender<Vec<Output>>,
) -> Result<Partition, Error> {
    let (started, partition) = oneshot::channel();
    let name = format!("core-{}", config.id);
    let thread = std::thread::Builder::new().name(name).spawn(move || {
        let system = actix::System::new();
        system.block_on(async move {
            let partition = Partition::start_here(config, journal, outlet);
            let mut state = partition.state.clone();
            if started.send(partition).is_err() {
                return;
            }
            // Ends with the partition, or when everybody who could reach it is gone.
            let _ = state.wait_for(|state| *state == crate::PartitionState::Stopped).await;
        });
    });
    drop(thread.map_err(|_| Error::NoThread)?);
    partition.await.map_err(|_| Error::NoThread)
}
