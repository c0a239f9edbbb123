//! TLS by the operator's own certificate and key files.
//!
//! The files are read at the start and again when they change or the process is told by SIGHUP;
//! connections that are open keep what they began with, and files that cannot be used change
//! nothing but the log. This room makes no certificate, asks no authority for one, and shows a key
//! to nobody.

pub(crate) mod asking;
pub(crate) mod validity;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use vocabulary::{Clock, ScaledClock, Timestamp};

use validity::validity;

/// How often the files are looked at. A renewed certificate is in use after this at the latest.
const LOOKING: Duration = Duration::from_secs(10);
/// A certificate that ends sooner than this is spoken of at every reading.
const SOON: i64 = 14 * 86_400_000;

/// Where certificate and key lie, both PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate first, then those that lead to its authority.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Why TLS cannot be spoken with these files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the TLS file {path} cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("the TLS file {path} is no PEM of a {what}: {reason}")]
    Content { path: PathBuf, what: &'static str, reason: String },
    #[error("the key {key} does not belong to the first certificate in {certificate}")]
    Mismatch { certificate: PathBuf, key: PathBuf },
    #[error("the certificate in {path} ended at {at}: put a renewed one in its place")]
    Over { path: PathBuf, at: String },
    #[error("the certificate in {path} begins at {at}, and this machine's clock is before that")]
    Early { path: PathBuf, at: String },
    #[error("TLS cannot be set up: {0}")]
    Protocol(#[from] rustls::Error),
}

/// Takes TLS from connections, with the files as they are now.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    current: Arc<Current>,
    files: TlsFiles,
}

impl Tls {
    /// Reads the files. Blocks for as long as they take.
    pub(crate) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let key = read(&files, &provider, wall())?;
        let current = Arc::new(Current(RwLock::new(Arc::new(key))));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), current, files })
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Reads the files again; handshakes from now on show what is in them.
    fn renew(&self) -> Result<(), TlsError> {
        let key = read(&self.files, &Arc::new(ring::default_provider()), wall())?;
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
        Ok(())
    }

    /// Keeps the certificate that of the files, until the guard is dropped.
    pub(crate) fn watch(&self) -> Watch {
        Watch(tokio::spawn(watch(self.clone())))
    }
}

/// The files are watched for as long as this is held.
pub(crate) struct Watch(tokio::task::JoinHandle<()>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn watch(tls: Tls) {
    let mut told = match signal(SignalKind::hangup()) {
        Ok(told) => Some(told),
        Err(error) => {
            tracing::warn!(%error, "SIGHUP cannot be heard: the TLS files are looked at by time alone");
            None
        }
    };
    let mut seen = marks(&tls.files);
    let mut looking = interval(LOOKING);
    looking.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let is_told = tokio::select! {
            () = hung_up(&mut told) => true,
            _ = looking.tick() => false,
        };
        let now = marks(&tls.files);
        if now == seen && !is_told {
            continue;
        }
        seen = now;
        match tls.renew() {
            Ok(()) => tracing::info!("the TLS certificate is read again"),
            Err(error) => {
                tracing::error!(%error, "the TLS files cannot be used: the last good ones stay in use");
            }
        }
    }
}

async fn hung_up(told: &mut Option<tokio::signal::unix::Signal>) {
    let is_told = match told {
        Some(told) => told.recv().await.is_some(),
        None => false,
    };
    if !is_told {
        std::future::pending::<()>().await;
    }
}

/// By what a changed file is known: when it was written, and how long it is.
type Mark = Option<(SystemTime, u64)>;

fn marks(files: &TlsFiles) -> [Mark; 2] {
    [&files.certificate, &files.key].map(|path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    })
}

/// The certificate that is shown to whoever connects.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(
    files: &TlsFiles,
    provider: &CryptoProvider,
    now: Timestamp,
) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(&files.certificate)?;
    if let Some(first) = chain.first() {
        check_time(&files.certificate, first, now)?;
    }
    let text = bytes(&files.key)?;
    let key = PrivateKeyDer::from_pem_slice(&text)
        .map_err(|error| not_pem(&files.key, "private key", &error))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            let TlsFiles { certificate, key } = files.clone();
            TlsError::Mismatch { certificate, key }
        }
        other => TlsError::Protocol(other),
    })
}

/// Every certificate of a file, at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = bytes(path)?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    match chain {
        Ok(chain) if chain.is_empty() => {
            Err(not_pem(path, "certificate", &pem::Error::NoItemsFound))
        }
        Ok(chain) => Ok(chain),
        Err(error) => Err(not_pem(path, "certificate", &error)),
    }
}

fn check_time(path: &Path, first: &CertificateDer<'_>, now: Timestamp) -> Result<(), TlsError> {
    let Some((from, until)) = validity(first) else {
        let reason = "its dates cannot be read".to_owned();
        return Err(TlsError::Content { path: path.into(), what: "certificate", reason });
    };
    let now = now.as_millis();
    if now > until.as_millisecond() {
        return Err(TlsError::Over { path: path.into(), at: until.to_string() });
    }
    if now < from.as_millisecond() {
        return Err(TlsError::Early { path: path.into(), at: from.to_string() });
    }
    if now > until.as_millisecond() - SOON {
        tracing::warn!(%until, "the TLS certificate ends soon: renew it");
    }
    Ok(())
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Read { path: path.into(), source })
}

fn not_pem(path: &Path, what: &'static str, error: &pem::Error) -> TlsError {
    let reason = match error {
        pem::Error::NoItemsFound => format!("there is no BEGIN line of a {what}"),
        other => other.to_string(),
    };
    TlsError::Content { path: path.into(), what, reason }
}

/// Certificates are of the wall's time, whatever pace the city keeps.
fn wall() -> Timestamp {
    ScaledClock::new(1.0).now()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn files(&self) -> TlsFiles {
            let path = self.0.path();
            TlsFiles { certificate: path.join("fullchain.pem"), key: path.join("key.pem") }
        }

        /// Writes a certificate of these years and its key.
        fn write(&self, from: i32, until: i32) -> String {
            let key = rcgen::KeyPair::generate().unwrap();
            let mut wanted = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            wanted.not_before = rcgen::date_time_ymd(from, 1, 1);
            wanted.not_after = rcgen::date_time_ymd(until, 1, 1);
            let certificate = wanted.self_signed(&key).unwrap().pem();
            std::fs::write(self.files().certificate, &certificate).unwrap();
            std::fs::write(self.files().key, key.serialize_pem()).unwrap();
            certificate
        }

        fn complaint(&self) -> String {
            Tls::open(self.files()).map(|_| ()).unwrap_err().to_string()
        }
    }

    #[test]
    fn a_certificate_with_its_key_is_taken() {
        let folder = Folder::new();
        folder.write(2020, 2049);
        assert!(Tls::open(folder.files()).is_ok());
        // From 2050 on dates are written in another form.
        folder.write(2020, 2051);
        assert!(Tls::open(folder.files()).is_ok());
    }

    #[test]
    fn what_is_wrong_with_the_files_is_said() {
        let folder = Folder::new();
        assert!(folder.complaint().contains("fullchain.pem cannot be read"));
        folder.write(2020, 2049);
        std::fs::write(folder.files().key, "no key").unwrap();
        assert!(folder.complaint().contains("no BEGIN line of a private key"));
        let certificate = folder.write(2020, 2049);
        folder.write(2020, 2050);
        std::fs::write(folder.files().certificate, certificate).unwrap();
        assert!(folder.complaint().contains("does not belong"), "{}", folder.complaint());
        folder.write(2010, 2011);
        assert!(folder.complaint().contains("ended at 2011-01-01"), "{}", folder.complaint());
        folder.write(2070, 2071);
        assert!(folder.complaint().contains("begins at 2070-01-01"), "{}", folder.complaint());
        std::fs::write(folder.files().certificate, "").unwrap();
        assert!(folder.complaint().contains("no BEGIN line of a certificate"));
    }

    #[test]
    fn files_that_cannot_be_used_leave_the_last_good_ones() {
        let folder = Folder::new();
        folder.write(2020, 2049);
        let tls = Tls::open(folder.files()).unwrap();
        let shown = || Arc::clone(&tls.current.0.read().unwrap());
        let first = shown();
        folder.write(2010, 2011);
        assert!(tls.renew().is_err());
        assert!(Arc::ptr_eq(&first, &shown()));
        folder.write(2020, 2050);
        tls.renew().unwrap();
        assert_ne!(first.cert, shown().cert);
    }
}
