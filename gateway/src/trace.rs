//! The trace of a request: 128 bits that its events, log lines and faults share.

use std::cell::Cell;
use std::future::Future;

tokio::task_local! {
    static TRACE: Cell<u128>;
}

/// Runs a request under its trace.
pub async fn under<F: Future>(trace: u128, work: F) -> F::Output {
    TRACE.scope(Cell::new(trace), work).await
}

/// The trace of the request that is being answered; 0 outside of one.
pub fn current() -> u128 {
    TRACE.try_with(Cell::get).unwrap_or(0)
}

/// 32 hexadecimal digits, as in the W3C header `traceparent`.
pub fn text(trace: u128) -> String {
    format!("{trace:032x}")
}

/// The trace id within `00-<trace>-<parent>-<flags>`; `None` when it is not one.
pub fn of_traceparent(header: &str) -> Option<u128> {
    let mut parts = header.split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_whole = version.len() == 2 && trace.len() == 32 && parts.count() == 2;
    let trace = (is_whole && is_hex(trace)).then(|| u128::from_str_radix(trace, 16).ok())??;
    (trace != 0).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_trace_is_taken_over() {
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(of_traceparent(header).map(text).as_deref(), Some(&header[3..35]));
        for bad in ["", "00-4bf9-00f0-01", "00-00000000000000000000000000000000-0-0", "garbage"] {
            assert_eq!(of_traceparent(bad), None, "{bad}");
        }
    }
}
