//! Every code that can leave the house has a line that tells people what to do about it.

use std::collections::BTreeSet;

use crate::Complaint;

/// Compares the gateway's list of faults with the page that explains them.
pub fn check(list: &str, page: &str) -> Vec<Complaint> {
    let (codes, explained) = (codes_of_list(list), codes_of_page(page));
    if codes.is_empty() {
        let cure = "keep one `Name = \"code\"` a line";
        return vec![format!("gateway/src/wire/fault.rs: no fault was found. Cure: {cure}")];
    }
    let unexplained = codes.difference(&explained).map(|code| {
        format!("docs/faults.md: `{code}` has no line. Cure: add one that begins with its code")
    });
    let unknown = explained.difference(&codes).map(|code| {
        format!(
            "docs/faults.md: `{code}` is no fault of ours. Cure: remove its line or add the fault"
        )
    });
    unexplained.chain(unknown).collect()
}

/// Lines of the form `OfferClosed = "offer_closed"`, whatever follows.
fn codes_of_list(list: &str) -> BTreeSet<String> {
    let code_of = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let name = name.trim();
        let is_variant =
            name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
        let code = value.trim_start().strip_prefix('"')?.split('"').next()?;
        (is_variant && is_code(code)).then(|| code.to_owned())
    };
    list.lines().filter_map(code_of).collect()
}

/// Rows, points and headings that begin with a code: `| \`busy\` | …`, `- \`busy\`: …`.
fn codes_of_page(page: &str) -> BTreeSet<String> {
    let code_of = |line: &str| {
        let text = line.trim_start_matches(['|', '-', '*', '#', ' ']);
        let has_marker = text.len() < line.len();
        let code = text.strip_prefix('`')?.split('`').next()?;
        (has_marker && is_code(code)).then(|| code.to_owned())
    };
    page.lines().filter_map(code_of).collect()
}

fn is_code(text: &str) -> bool {
    let is_of_a_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(is_of_a_code)
}

#[cfg(test)]
mod self_tests {
    use super::*;

    const LIST: &str = "
        faults! {
            /// The offer was answered. Client: refresh.
            OfferClosed = \"offer_closed\", 409, \"this offer is no longer open\";
            Busy = \"busy\",
        }
        let message = \"not_a_code\";
    ";

    #[test]
    fn a_page_with_every_code_passes() {
        let page =
            "# Faults\n| code | what to do |\n| `offer_closed` | refresh |\n- `busy`: wait\n";
        assert_eq!(check(LIST, page), Vec::<Complaint>::new());
    }

    #[test]
    fn a_missing_and_a_surplus_line_are_refused() {
        let page = "| `offer_closed` | refresh |\n| `gone` | `busy` is not its first word |\n";
        let complaints = check(LIST, page);
        assert_eq!(complaints.len(), 2, "{complaints:?}");
    }

    #[test]
    fn a_list_that_cannot_be_read_is_refused() {
        assert_eq!(check("pub enum Fault {}", "| `busy` | wait |").len(), 1);
    }
}
