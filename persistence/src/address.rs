//! A database's address as people and logs may see it.

/// The address without the password it may hold, which may stand before the host or, as
/// `password=`, after the question mark.
pub fn without_secrets(url: &str) -> String {
    let (address, options) = url.split_once('?').unwrap_or((url, ""));
    let shown: Vec<&str> = options
        .split('&')
        .map(|option| if option.starts_with("password=") { "password=***" } else { option })
        .collect();
    let question = if options.is_empty() { "" } else { "?" };
    format!("{}{question}{}", without_password(address), shown.join("&"))
}

fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return address.to_owned() };
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}:***@{host}"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let shown = [
            ("postgres://paidan:s3:cr@t@db:5432/shop", "postgres://paidan:***@db:5432/shop"),
            ("postgres://paidan@db/shop", "postgres://paidan@db/shop"),
            (
                "postgres:///shop?user=a&password=b&host=c",
                "postgres:///shop?user=a&password=***&host=c",
            ),
            ("sqlite:data/paidan.db", "sqlite:data/paidan.db"),
        ];
        for (url, text) in shown {
            assert_eq!(without_secrets(url), text);
        }
    }
}
