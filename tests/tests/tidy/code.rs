//! Rust source without its comments and literals: what the code says, not what it speaks about.

/// The same text, line for line, with comments, strings and characters turned into blanks.
pub fn code_of(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    let mut previous = ' ';
    while let Some(first) = rest.chars().next() {
        let silent = silent_length(rest, previous);
        let (taken, left) = rest.split_at(silent.unwrap_or(first.len_utf8()));
        match silent {
            Some(_) => code.extend(taken.chars().map(|c| if c == '\n' { c } else { ' ' })),
            None => code.push(first),
        }
        previous = if silent.is_some() { ' ' } else { first };
        rest = left;
    }
    code
}

/// The lines, counted from 1, where `code` names `word` as a whole word.
pub fn lines_naming(code: &str, word: &str) -> Vec<usize> {
    let names = |(_, line): &(usize, &str)| names(line, word);
    code.lines().enumerate().filter(names).map(|(index, _)| index + 1).collect()
}

fn names(line: &str, word: &str) -> bool {
    let ends_open = word.ends_with(is_of_a_name);
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + word.len()..).and_then(|text| text.chars().next());
        !(before.is_some_and(is_of_a_name) || ends_open && after.is_some_and(is_of_a_name))
    })
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes of `rest` are one comment or literal, when it begins with one.
fn silent_length(rest: &str, previous: char) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment_length(rest));
    }
    if rest.starts_with('"') {
        return Some(string_length(rest));
    }
    if rest.starts_with('\'') {
        return character_length(rest);
    }
    if is_of_a_name(previous) { None } else { raw_string_length(rest) }
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(text) = rest.get(at..).filter(|text| !text.is_empty()) {
        if text.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += text.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn string_length(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'a'` and `'\n'`, but not the lifetime `'a`.
fn character_length(rest: &str) -> Option<usize> {
    let second = rest.chars().nth(1)?;
    if second == '\\' {
        // The character after the backslash may itself be a quote.
        return rest.get(3..)?.find('\'').map(|end| 3 + end + 1);
    }
    (rest.chars().nth(2)? == '\'').then(|| second.len_utf8() + 2)
}

fn raw_string_length(rest: &str) -> Option<usize> {
    let body = ["r", "br", "cr"].iter().find_map(|prefix| rest.strip_prefix(prefix))?;
    let quoted = body.trim_start_matches('#');
    let hashes = body.len() - quoted.len();
    let text = quoted.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let closing = text.find(&end).map_or(text.len(), |at| at + end.len());
    Some(rest.len() - text.len() + closing)
}

#[cfg(test)]
mod self_tests {
    use super::*;

    #[test]
    fn what_is_only_spoken_of_is_blank() {
        for spoken in [
            "// HashMap",
            "/// HashMap",
            "/* a /* HashMap */ HashMap */",
            "\"HashMap\"",
            "\"\\\" HashMap\"",
            "r#\"\" HashMap\"#",
            "br\"HashMap\"",
            "'\"' /* HashMap */",
            "'\\'' /* HashMap */",
            "'\\u{1F600}' // HashMap",
        ] {
            let code = code_of(spoken);
            assert!(!code.contains("HashMap"), "{spoken} became {code}");
            assert_eq!(code.chars().count(), spoken.chars().count());
        }
    }

    #[test]
    fn code_between_literals_stays() {
        let source =
            "fn f<'a>(c: &'a str) { '\"'; HashMap; \"x\"; r#type; for\"\"; }\n// 门店\nHashMap";
        assert_eq!(lines_naming(&code_of(source), "HashMap"), [1, 3]);
        assert!(code_of(source).contains("r#type"));
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(lines_naming("operand::x\nrand::x\nuse rand::y", "rand::"), [2, 3]);
        assert_eq!(lines_naming("tokio_like\ntokio::spawn\nmy_tokio", "tokio"), [2]);
    }
}
