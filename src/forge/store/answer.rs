//! An answer as it is kept: only what somebody reads, and a digest over all of it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

use super::withheld::without_secrets;

/// The headers that are kept.
const KEPT: [&str; 7] = [
    "content-type",
    "etag",
    "link",
    "retry-after",
    "x-accepted-github-permissions",
    "x-accepted-oauth-scopes",
    "x-oauth-scopes",
];

/// An answer that can be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// 0 is an answer that took too long.
    pub status: u16,
    /// A header a line.
    pub headers: String,
    pub body: Bytes,
}

impl Kept {
    /// The answer to a request of that path.
    pub(super) fn of(path: &str, answer: &Response<Bytes>) -> Self {
        let headers = KEPT.iter().filter_map(|name| {
            let value = answer.headers().get(*name)?.to_str().ok()?;
            Some(format!("{name}: {value}\n"))
        });
        Self {
            status: answer.status().as_u16(),
            headers: headers.collect(),
            body: without_secrets(path, answer.body()),
        }
    }

    /// An answer that took too long.
    pub(super) fn too_late() -> Self {
        Self { status: 0, headers: String::new(), body: Bytes::new() }
    }

    /// A digest over the answer and what it answers, so that no row is taken for another's.
    pub(super) fn digest(&self, asked: &[&[u8]]) -> Vec<u8> {
        let mut digest = Sha256::new();
        let status = self.status.to_be_bytes();
        let parts: [&[u8]; 3] = [&status, self.headers.as_bytes(), &self.body];
        for part in asked.iter().chain(&parts) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().to_vec()
    }

    /// The answer as it was; nothing where it took too long.
    pub(super) fn response(self) -> Option<Response<Bytes>> {
        let status = StatusCode::from_u16(self.status).ok()?;
        let mut response = Response::new(self.body);
        *response.status_mut() = status;
        *response.headers_mut() = parsed(&self.headers);
        Some(response)
    }

    /// The answer as it was, after the server said with these headers that it still holds.
    pub(super) fn confirmed(self, fresh: &HeaderMap) -> Option<Response<Bytes>> {
        let mut response = self.response()?;
        for (name, value) in fresh.iter().filter(|(name, _)| *name != http::header::CONTENT_LENGTH) {
            response.headers_mut().insert(name, value.clone());
        }
        Some(response)
    }
}

fn parsed(lines: &str) -> HeaderMap {
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?))
    };
    lines.lines().filter_map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Response<Bytes> {
        let answer = Response::builder().status(200).header("etag", "\"e\"").header("link", "<next>");
        answer.header("date", "today").body(Bytes::from_static(b"[1]")).unwrap()
    }

    #[test]
    fn an_answer_comes_back_with_the_headers_that_are_read() {
        let back = Kept::of("/", &answer()).response().unwrap();
        assert_eq!((back.status().as_u16(), &back.body()[..]), (200, &b"[1]"[..]));
        assert_eq!((back.headers().len(), &back.headers()["link"]), (2, &HeaderValue::from_static("<next>")));
        assert!(Kept::too_late().response().is_none());
    }

    #[test]
    fn what_the_confirmation_says_is_newer() {
        let fresh: HeaderMap = [("x-ratelimit-remaining", "9"), ("etag", "\"f\""), ("content-length", "0")]
            .into_iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let back = Kept::of("/", &answer()).confirmed(&fresh).unwrap();
        assert_eq!(
            (back.status().as_u16(), &back.headers()["etag"]),
            (200, &HeaderValue::from_static("\"f\""))
        );
        assert!(back.headers().contains_key("link") && !back.headers().contains_key("content-length"));
    }

    #[test]
    fn the_digest_is_of_this_answer_to_this_question() {
        let kept = Kept::of("/", &answer());
        let of = |kept: &Kept, asked: &[&[u8]]| kept.digest(asked);
        let other = Kept { body: Bytes::from_static(b"[2]"), ..kept.clone() };
        assert_ne!(of(&kept, &[b"a"]), of(&other, &[b"a"]));
        assert_ne!(of(&kept, &[b"a", b"bc"]), of(&kept, &[b"ab", b"c"]));
        assert_eq!(of(&kept, &[b"a"]), of(&kept.clone(), &[b"a"]));
    }
}
