//! A disk of the tests' own, whose power can be cut and which can be full: an ext4 file system in a
//! file, mounted by the system's loop driver.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// `EXT4_IOC_SHUTDOWN` with "no flush of the log": from here on nothing reaches the disk, as when the
/// power goes. It needs no more than Perl's core, which every Debian has.
const SHUTDOWN: &str = "my $how = pack('L', 2); open(my $at, '<', $ARGV[0]) or die $!; ioctl($at, 0x8004587d, $how) or die $!;";

pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// `None`, with the reason printed, where this machine lets nobody mount: it takes root and the
    /// loop driver.
    pub fn make(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("disk-").tempdir().unwrap();
        let disk = Self { folder };
        std::fs::create_dir(disk.path()).unwrap();
        run(Command::new("truncate").args(["-s", &format!("{mebibytes}M")]).arg(disk.image()));
        run(sbin("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(disk.image()));
        if let Err(why) = disk.mount() {
            eprintln!("skipped: no file system can be mounted here: {why}");
            return None;
        }
        Some(disk)
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    fn mount(&self) -> Result<(), String> {
        told(sbin("mount").args(["-o", "loop"]).arg(self.image()).arg(self.path()))
    }

    /// The power goes: what was not flushed is lost, and nothing can be written any more.
    pub fn cut(&self) {
        run(Command::new("perl").args(["-e", SHUTDOWN]).arg(self.path()));
        let late = std::fs::write(self.path().join("late"), "late");
        assert!(late.is_err(), "the file system went on after its power was cut");
    }

    /// The power is back, and the file system replays its own log. Nobody may use it meanwhile.
    pub fn back(&self) {
        self.leave();
        self.mount().unwrap();
    }

    fn leave(&self) {
        let began = Instant::now();
        // The kernel lets go of a killed process's files a moment after its end.
        while let Err(why) = told(sbin("umount").arg(self.path())) {
            assert!(began.elapsed() < Duration::from_secs(20), "{why}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Takes every block that is left.
    pub fn fill(&self) {
        let path = self.path().join("filler");
        let filler = Command::new("dd")
            .args(["if=/dev/zero", "bs=64K", "conv=fsync"])
            .arg(format!("of={}", path.display()))
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(!filler.success(), "the disk has no end");
        // And the last few smaller than that.
        let rest = std::fs::OpenOptions::new().append(true).open(path);
        let mut rest = rest.unwrap();
        while std::io::Write::write_all(&mut rest, &[0; 512]).is_ok() {}
    }

    /// Gives them back.
    pub fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a test that failed may have left a server on it.
        let _ = told(sbin("umount").arg("-l").arg(self.path()));
    }
}

/// A program of the system's administration, which need not be in the path of whoever asks.
fn sbin(name: &str) -> Command {
    let path =
        ["/usr/sbin", "/sbin", "/usr/bin", "/bin"].map(|folder| Path::new(folder).join(name));
    Command::new(path.into_iter().find(|path| path.exists()).unwrap_or(name.into()))
}

fn run(command: &mut Command) {
    told(command).unwrap();
}

fn told(command: &mut Command) -> Result<(), String> {
    let done = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let complaint = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    if done.status.success() { Ok(()) } else { Err(format!("{command:?}: {complaint}")) }
}
