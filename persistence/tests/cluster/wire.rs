//! A wire to the server of the tests that can be cut: a socket in a folder of its own, and a thread
//! that carries bytes both ways until it is told to stop at a certain word.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::TempDir;

/// What becomes of a request that holds the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It never reaches the server.
    Before,
    /// Half of it does.
    Within,
    /// The server does as it was told, and its answer is lost.
    After,
    /// The same, and neither end is told that the wire is gone.
    InSilence,
}

/// How the wire is to be cut when this word is seen on it.
type Plan = Option<(Vec<u8>, Cut)>;

/// Clones share one wire.
#[derive(Clone)]
pub struct Wire {
    folder: Arc<TempDir>,
    server: PathBuf,
    plan: Arc<Mutex<Plan>>,
    cut_count: Arc<AtomicU32>,
    late: Arc<Mutex<Duration>>,
    open: Arc<Mutex<Vec<UnixStream>>>,
}

impl Wire {
    /// A wire to the server's socket.
    pub fn to(server: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("wire-").tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let wire = Self {
            folder: Arc::new(folder),
            server,
            plan: Arc::default(),
            cut_count: Arc::default(),
            late: Arc::default(),
            open: Arc::default(),
        };
        let carrier = wire.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                carrier.carry(client);
            }
        });
        wire
    }

    /// The folder to name as the server's host.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The next request with this word in it meets the cut.
    pub fn cut_at(&self, word: &str, cut: Cut) {
        *self.plan.lock().unwrap() = Some((word.as_bytes().to_vec(), cut));
    }

    /// Cuts every connection now.
    pub fn cut_all(&self) {
        for stream in self.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.cut_count.fetch_add(1, Ordering::Relaxed);
    }

    /// From now on whatever is sent arrives so much later, each way.
    pub fn slow_down(&self, late: Duration) {
        *self.late.lock().unwrap() = late;
    }

    fn linger(&self) {
        let late = *self.late.lock().unwrap();
        std::thread::sleep(late);
    }

    /// How often something was cut.
    pub fn cut_count(&self) -> u32 {
        self.cut_count.load(Ordering::Relaxed)
    }

    fn carry(&self, client: UnixStream) {
        let server = UnixStream::connect(&self.server).unwrap();
        self.open
            .lock()
            .unwrap()
            .extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
        let loses_answer = Arc::new(Mutex::new(None));
        let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let (wire, loses) = (self.clone(), Arc::clone(&loses_answer));
        std::thread::spawn(move || wire.carry_requests(from, to, &loses));
        let wire = self.clone();
        std::thread::spawn(move || wire.carry_answers(server, client, &loses_answer));
    }

    fn carry_requests(&self, mut from: UnixStream, mut to: UnixStream, loses: &Mutex<Option<Cut>>) {
        let mut bytes = vec![0; 256 * 1_024];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            self.linger();
            let request = &bytes[..count];
            let sent = match self.meets(request) {
                None => request,
                Some(Cut::Before) => break,
                Some(Cut::Within) => {
                    let _ = to.write_all(&request[..count / 2]);
                    break;
                }
                Some(cut @ (Cut::After | Cut::InSilence)) => {
                    *loses.lock().unwrap() = Some(cut);
                    request
                }
            };
            if to.write_all(sent).is_err() {
                break;
            }
        }
        hang_up(&from, &to);
    }

    fn carry_answers(&self, mut from: UnixStream, mut to: UnixStream, loses: &Mutex<Option<Cut>>) {
        let mut bytes = vec![0; 256 * 1_024];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            self.linger();
            let lost = *loses.lock().unwrap();
            match lost {
                None if to.write_all(&bytes[..count]).is_ok() => {}
                Some(Cut::InSilence) => {}
                None | Some(Cut::Before | Cut::Within | Cut::After) => break,
            }
        }
        hang_up(&from, &to);
    }

    fn meets(&self, request: &[u8]) -> Option<Cut> {
        let mut plan = self.plan.lock().unwrap();
        let has = |word: &[u8]| request.windows(word.len()).any(|part| part == word);
        let (_, cut) = plan.take_if(|(word, _)| has(word))?;
        self.cut_count.fetch_add(1, Ordering::Relaxed);
        Some(cut)
    }
}

fn hang_up(one: &UnixStream, other: &UnixStream) {
    let _ = one.shutdown(Shutdown::Both);
    let _ = other.shutdown(Shutdown::Both);
}
