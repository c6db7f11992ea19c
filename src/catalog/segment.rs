//! Texts in the paths of requests.

/// A segment of a path: what would end it, or mean something else, is escaped.
pub fn segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                segment.push(char::from(byte))
            }
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    // A segment of dots alone would climb.
    if segment.bytes().all(|b| b == b'.') { segment.replace('.', "%2E") } else { segment }
}
