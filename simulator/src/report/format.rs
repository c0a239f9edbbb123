//! Figures as people read them.

/// `12,345`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1,234.05` yuan of 123,405 fen.
pub(super) fn yuan(fen: i64) -> String {
    let (whole, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{rest:02}", count(whole))
}

/// `97.4 %` of a share of 0.974.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A share of two counts; a dash when there is nothing to share.
pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { percent(part as f64 / whole as f64) }
}

/// A span of any size in its own unit: `830 µs`, `1.24 ms`, `48.0 s`, `31.5 min`, `24.0 h`.
pub(super) fn span(seconds: f64) -> String {
    let size = seconds.abs();
    if size < 0.000_999_5 {
        format!("{:.0} µs", seconds * 1e6)
    } else if size < 0.099_95 {
        format!("{:.2} ms", seconds * 1e3)
    } else if size < 0.999_5 {
        format!("{:.0} ms", seconds * 1e3)
    } else if size < 119.95 {
        format!("{seconds:.1} s")
    } else if size < 7_200.0 {
        format!("{:.1} min", seconds / 60.0)
    } else {
        format!("{:.1} h", seconds / 3_600.0)
    }
}

pub(super) fn microseconds(span_us: u64) -> String {
    span(span_us as f64 / 1e6)
}

/// A round figure for an axis: `100 µs`, `20 ms`, `5 s`.
pub(super) fn round_microseconds(span_us: u64) -> String {
    match span_us {
        0..1_000 => format!("{span_us} µs"),
        1_000..1_000_000 => format!("{} ms", span_us / 1_000),
        1_000_000.. => format!("{} s", span_us / 1_000_000),
    }
}

/// `2,431 km` of metres.
pub(super) fn kilometres(metres: f64) -> String {
    format!("{} km", count((metres / 1_000.0).round().max(0.0) as u64))
}

/// `08:30` of seconds since the run began.
pub(super) fn clock(seconds: u32) -> String {
    format!("{:02}:{:02}", seconds / 3_600, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!([count(7), count(1_000), count(1_234_567)], ["7", "1,000", "1,234,567"]);
        assert_eq!([percent(0.974), share(1, 0)], ["97.4 %", "–"]);
        let spans = [0.000_83, 0.001_24, 0.25, 48.0, 1_890.0, 86_400.0].map(span);
        assert_eq!(spans, ["830 µs", "1.24 ms", "250 ms", "48.0 s", "31.5 min", "24.0 h"]);
        assert_eq!([clock(30_600), kilometres(2_431_400.0)], ["08:30", "2,431 km"]);
    }
}
