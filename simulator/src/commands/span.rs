//! Spans of time as they are written on the command line.

use std::time::Duration;

/// Reads `45s`, `20min` or `2h`.
pub fn parse(text: &str) -> Result<Duration, String> {
    let units = [("ms", 0.001), ("min", 60.0), ("h", 3_600.0), ("s", 1.0)];
    let found = units.iter().find_map(|(unit, seconds)| {
        let number: f64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        Some(number * seconds)
    });
    match found {
        Some(seconds) if (0.0..=1e9).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        Some(_) | None => Err("write a span such as 45s, 20min or 2h".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        assert_eq!(parse("45s"), Ok(Duration::from_secs(45)));
        assert_eq!(parse("1.5h"), Ok(Duration::from_secs(5_400)));
        assert_eq!(parse("20min"), Ok(Duration::from_secs(1_200)));
        assert_eq!(parse("5ms"), Ok(Duration::from_millis(5)));
        assert!(parse("45").is_err() && parse("-1s").is_err() && parse("soon").is_err());
    }
}
