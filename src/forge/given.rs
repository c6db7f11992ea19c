//! Values that are given through the environment alone, such as those of secrets. They are filled into a
//! request just before it is sent, and stand nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;

use super::error::ForgeError;
use super::writing::unusable;
use crate::model::GIVEN;

/// A read such as `env ISPO_SCM_VALUE_NPM_TOKEN`, or `env ISPO_SCM_VALUE_NPM_TOKEN sealed for GET /path`, where the
/// path is that of the public key that the value is to be sealed with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FromEnvironment<'a> {
    name: &'a str,
    /// The path of the public key.
    pub key: Option<&'a str>,
}

impl<'a> FromEnvironment<'a> {
    /// Such a read; none where it is another.
    pub(super) fn of(from: &'a str) -> Option<Self> {
        let rest = from.strip_prefix("env ")?;
        let (name, key) = match rest.split_once(" sealed for GET ") {
            Some((name, key)) => (name, Some(key)),
            None => (rest, None),
        };
        Some(Self { name, key })
    }

    /// The value.
    ///
    /// # Errors
    /// When it is not given, or the name is not one of those that values are given by: a plan that was edited could
    /// otherwise send a token elsewhere.
    pub(super) fn value(&self, environment: &dyn Fn(&str) -> Option<String>) -> Result<String, ForgeError> {
        if !self.name.starts_with(GIVEN) {
            return Err(unusable(self.name, &format!("only variables that begin with {GIVEN} give values")));
        }
        let value = environment(self.name).filter(|value| !value.is_empty());
        value.ok_or_else(|| {
            unusable(self.name, "the environment does not give it: set this variable for `apply`")
        })
    }
}

/// Seals a value so that only the holder of the key's other half can read it, as GitHub wants secrets.
///
/// # Errors
/// When the key is none.
pub(super) fn sealed(value: &str, key: &str) -> Result<String, ForgeError> {
    let bad = || unusable("a public key", "it is not one that secrets can be sealed with");
    let bytes = STANDARD.decode(key).map_err(|_| bad())?;
    let key = PublicKey::from_slice(&bytes).map_err(|_| bad())?;
    let sealed = key.seal(&mut OsRng, value.as_bytes()).map_err(|_| bad())?;
    Ok(STANDARD.encode(sealed))
}

#[cfg(test)]
mod tests {
    use crypto_box::SecretKey;

    use super::*;

    #[test]
    fn only_the_holder_of_the_key_reads_what_is_sealed() {
        let secret = SecretKey::from([7; 32]);
        let text = sealed("s3cret", &STANDARD.encode(secret.public_key().as_bytes())).unwrap();
        assert!(!text.contains("s3cret"));
        assert_eq!(secret.unseal(&STANDARD.decode(&text).unwrap()).unwrap(), b"s3cret");
        assert!(sealed("s3cret", "no key").is_err());
    }

    #[test]
    fn no_other_variable_is_ever_read() {
        let all = |_: &str| Some("ghp_token".to_owned());
        assert!(FromEnvironment::of("env GITHUB_TOKEN").unwrap().value(&all).is_err());
        assert!(FromEnvironment::of("env ISPO_SCM_VALUE_X").unwrap().value(&all).is_ok());
        assert!(FromEnvironment::of("env ISPO_SCM_VALUE_X").unwrap().value(&|_| None).is_err());
        assert_eq!(FromEnvironment::of("GET /x :: y"), None);
    }
}
