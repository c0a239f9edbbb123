//! Sines and arcsines that are the same to the last bit on every machine.
//!
//! Only additions and multiplications, which IEEE 754 fixes, where the C library of each platform
//! has its own last digit; and less of its time, because an angle here is in degrees and never needs
//! the long reduction. Only arcsines of what is hundreds of kilometres away are the platform's.

/// Sine and cosine of degrees between -180 and 180; farther round, digits are lost.
pub(crate) fn sine_and_cosine(degrees: f64) -> (f64, f64) {
    // The remainder is exact: both numbers lie within a factor of two of each other, or it is the
    // angle itself.
    let quarters = (degrees * (1.0 / 90.0) + 0.5_f64.copysign(degrees)) as i32;
    let rest = (degrees - f64::from(quarters) * 90.0).to_radians();
    let (sine, cosine) = (sine_near_zero(rest), cosine_near_zero(rest));
    match quarters & 3 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        3.. | i32::MIN..0 => (-cosine, sine),
    }
}

/// The angle in radians whose sine this is; 1 and more is a quarter turn.
pub(crate) fn arcsine(sine: f64) -> f64 {
    if sine < NEAR { arcsine_near_zero(sine) } else { sine.min(1.0).asin() }
}

/// Below this sine (some 600 km over ground) the series is exact to the last digit but one.
const NEAR: f64 = 0.05;

/// Taylor's series up to x¹⁵, for at most an eighth of a turn.
fn sine_near_zero(x: f64) -> f64 {
    let y = x * x;
    let mut sum = -1.0 / 1_307_674_368_000.0;
    for term in [
        1.0 / 6_227_020_800.0,
        -1.0 / 39_916_800.0,
        1.0 / 362_880.0,
        -1.0 / 5_040.0,
        1.0 / 120.0,
        -1.0 / 6.0,
    ] {
        sum = sum * y + term;
    }
    x + x * y * sum
}

/// Taylor's series up to x¹⁶, for at most an eighth of a turn.
fn cosine_near_zero(x: f64) -> f64 {
    let y = x * x;
    let mut sum = 1.0 / 20_922_789_888_000.0;
    for term in [
        -1.0 / 87_178_291_200.0,
        1.0 / 479_001_600.0,
        -1.0 / 3_628_800.0,
        1.0 / 40_320.0,
        -1.0 / 720.0,
        1.0 / 24.0,
        -0.5,
    ] {
        sum = sum * y + term;
    }
    1.0 + y * sum
}

fn arcsine_near_zero(x: f64) -> f64 {
    let y = x * x;
    let mut sum = 63.0 / 2_816.0;
    for term in [35.0 / 1_152.0, 5.0 / 112.0, 3.0 / 40.0, 1.0 / 6.0] {
        sum = sum * y + term;
    }
    x + x * y * sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quarters_of_a_turn_are_exact() {
        assert_eq!(sine_and_cosine(0.0), (0.0, 1.0));
        assert_eq!(sine_and_cosine(90.0), (1.0, 0.0));
        assert_eq!(sine_and_cosine(-90.0), (-1.0, 0.0));
        assert_eq!(sine_and_cosine(180.0), (0.0, -1.0));
        assert_eq!(sine_and_cosine(-180.0), (0.0, -1.0));
        assert_eq!(arcsine(0.0), 0.0);
        assert_eq!(arcsine(1.5), std::f64::consts::FRAC_PI_2);
    }

    proptest! {
        #[test]
        fn they_agree_with_the_library_of_the_platform(degrees in -180.0..=180.0_f64) {
            let (sine, cosine) = sine_and_cosine(degrees);
            let (expected_sine, expected_cosine) = degrees.to_radians().sin_cos();
            prop_assert!((sine - expected_sine).abs() < 1e-15);
            prop_assert!((cosine - expected_cosine).abs() < 1e-15);
        }

        #[test]
        fn an_arcsine_leads_back(sine in 0.0..0.1_f64) {
            let angle = arcsine(sine);
            prop_assert!((angle.sin() - sine).abs() < 1e-16, "{angle} {sine}");
        }
    }
}
