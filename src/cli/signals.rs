//! Ctrl-C and its like: the first ends the reading in order, the second ends the program.

use std::io;
use std::sync::Arc;

use crate::forge::{Stop, Voice};

/// The exit code of a program that was ended by Ctrl-C.
pub(super) const STOPPED: u8 = 130;

/// From now on, the first signal tells the run to stop, and the next one ends the program at once.
/// Where the machine has no signals to hear, they do what they always do.
pub(super) fn hear(stop: Arc<Stop>, voice: Voice) {
    let listener = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while next().await.is_ok() {
                if !stop.tell() {
                    leave();
                }
                voice("stopping when the requests under way are answered; once more stops at once");
            }
        });
    };
    // Without the thread, signals do what they always do.
    let _ = std::thread::Builder::new().name("signals".into()).spawn(listener);
}

#[cfg(unix)]
async fn next() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn next() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

#[allow(clippy::exit, reason = "whoever asks twice wants no more of it, wherever the program is")]
fn leave() {
    std::process::exit(i32::from(STOPPED));
}
