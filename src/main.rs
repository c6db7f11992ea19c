//! The program `ispo-scm`; all of it is in the library.

fn main() -> std::process::ExitCode {
    ispo_scm::cli::run()
}
