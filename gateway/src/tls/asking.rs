//! The other end: this program's own verbs asking a server over TLS.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{TlsError, certificates};

/// Where systems keep the authorities they trust.
const BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// Trusts the certificates of this file, or without one those of the system.
pub(crate) fn connector(authorities: Option<&Path>) -> Result<TlsConnector, TlsError> {
    let path = authorities.map_or_else(system_bundle, Path::to_path_buf);
    let mut roots = RootCertStore::empty();
    // A system's bundle may hold some that are too old to be read; the others still count.
    roots.add_parsable_certificates(certificates(&path)?);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn system_bundle() -> PathBuf {
    let known = BUNDLES.iter().map(Path::new).find(|path| path.exists());
    known.unwrap_or(Path::new(BUNDLES[0])).to_path_buf()
}
