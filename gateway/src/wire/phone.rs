//! Whether a telephone number has the shape of one that a courier can dial. It calls nobody.

use super::fault::Fault;

/// What a number can stand with an extension behind: privacy numbers of platforms have them.
const BEFORE_EXTENSION: [char; 7] = [',', '，', '_', '#', 'x', 'X', '转'];
const LONGEST_EXTENSION: usize = 6;

/// Refuses what nobody can call.
pub fn check_dialable(field: &str, text: &str) -> Result<(), Fault> {
    if is_dialable(text) {
        return Ok(());
    }
    let message = format!(
        "{field} is no number that can be called: give a mobile of 11 digits, a landline with its \
         area code, or + and the country"
    );
    Err(Fault::invalid(field, message))
}

/// Mobiles and landlines of mainland China, service numbers, and numbers abroad that say their
/// country; each may have an extension.
pub fn is_dialable(text: &str) -> bool {
    let (number, extension) = match text.split_once(BEFORE_EXTENSION) {
        Some((number, extension)) => (number, Some(extension.trim())),
        None => (text, None),
    };
    if !extension.is_none_or(is_extension) {
        return false;
    }
    let blanks = [' ', '(', ')', '（', '）'];
    let number: String = number.trim().chars().filter(|letter| !blanks.contains(letter)).collect();
    if is_number(&number) {
        return true;
    }
    // 027-87654321-12: the last part is the extension.
    let parts = number.rsplit_once('-');
    extension.is_none()
        && parts.is_some_and(|(number, last)| is_extension(last) && is_number(number))
}

fn is_extension(text: &str) -> bool {
    (1..=LONGEST_EXTENSION).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    let digits: String = text.chars().filter(|letter| *letter != '-').collect();
    let (is_abroad, digits) = match (digits.strip_prefix("+86"), digits.strip_prefix('+')) {
        (Some(rest), _) => (false, rest),
        (None, Some(rest)) => (true, rest),
        (None, None) => (false, digits.strip_prefix("0086").unwrap_or(&digits)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if is_abroad { (7..=15).contains(&digits.len()) } else { is_mainland(digits.as_bytes()) }
}

fn is_mainland(digits: &[u8]) -> bool {
    match digits {
        [b'1', b'3'..=b'9', ..] => digits.len() == 11,
        // The area code and seven or eight digits.
        [b'0', b'1'..=b'9', ..] => (10..=12).contains(&digits.len()),
        [b'4' | b'8', b'0', b'0', ..] => digits.len() == 10,
        // Service numbers, and the privacy numbers of platforms among them.
        [b'9', b'5', ..] => (5..=16).contains(&digits.len()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_a_courier_can_dial() {
        let good = [
            "13800001234",
            "138 0000 1234",
            "+86 138-0000-1234",
            "0086 19912345678",
            "17012345678转1234",
            "13812345678_0042",
            "027-87654321",
            "(010) 6552 9988",
            "0755-8765432",
            "027-87654321-801",
            "400-820-8820",
            "95013123456789,1234",
            "+1 (415) 555-0100",
            "+852 2123 4567",
        ];
        for text in good {
            assert!(is_dialable(text), "{text}");
        }
        let bad = [
            "",
            " ",
            "12345",
            "1234567",
            "10000000000",
            "12800001234",
            "1380000123",
            "138000012345",
            "87654321",
            "1380000123a",
            "+86 12345",
            "+123",
            "027-",
            "13800001234转",
            "转1234",
            "---",
            "13800001234转1234567",
            "１３８００００１２３４",
        ];
        for text in bad {
            assert!(!is_dialable(text), "{text}");
        }
        assert_eq!(
            check_dialable("shopper.phone", "12345").unwrap_err().field.as_deref(),
            Some("shopper.phone")
        );
    }
}
