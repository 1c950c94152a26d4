//! Whom this process trusts when it speaks TLS to the outside (mail, webhooks, traces): Mozilla's roots, which are there
//! in the smallest container too, and the authorities of `CA_BUNDLE`, for servers with certificates of one's own.

use std::{io, path::Path, sync::Arc};

use lettre::transport::smtp::{
    Error as SmtpError,
    client::{Certificate, CertificateStore, TlsParameters},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Trusted authorities. Cheap to clone; by default Mozilla's alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust(Arc<[CertificateDer<'static>]>);

/// Why a bundle of authorities cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Something in it is broken.
    #[error("the file is not PEM: {0}")]
    NotPem(rustls::pki_types::pem::Error),
    /// There is no certificate in it.
    #[error("the file holds no certificate")]
    Empty,
    /// One of the certificates is none, or none of an authority.
    #[error("certificate {number} in the file cannot be trusted: {reason}")]
    Unfit {
        /// Its place in the file, from 1.
        number: usize,
        /// Why.
        reason: rustls::Error,
    },
}

impl Trust {
    /// Mozilla's roots and the certificates of a PEM file.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn with_bundle(file: &Path) -> Result<Self, TrustError> {
        let text = std::fs::read(file)?;
        let own: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().map_err(TrustError::NotPem)?;
        if own.is_empty() {
            return Err(TrustError::Empty);
        }
        let mut roots = RootCertStore::empty();
        for (place, certificate) in own.iter().enumerate() {
            let unfit = |reason| TrustError::Unfit { number: place + 1, reason };
            roots.add(certificate.clone()).map_err(unfit)?;
        }
        Ok(Self(own.into()))
    }

    /// What HTTP clients are configured with.
    ///
    /// # Errors
    /// The cryptography has no safe version of TLS.
    pub fn client(&self) -> Result<ClientConfig, rustls::Error> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for certificate in &*self.0 {
            roots.add(certificate.clone())?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }

    /// What the mailer's conversations with `host` are configured with. It builds its own configuration and takes the
    /// roots alone.
    ///
    /// # Errors
    /// The mailer's.
    pub fn mail(&self, host: &str) -> Result<TlsParameters, SmtpError> {
        let mut builder = TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::WebpkiRoots);
        for certificate in &*self.0 {
            builder = builder.add_root_certificate(Certificate::from_der(certificate.to_vec())?);
        }
        builder.build()
    }
}

#[cfg(test)]
mod tests;
