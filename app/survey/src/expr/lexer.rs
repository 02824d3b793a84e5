//! Words of an expression.

use rust_decimal::Decimal;

/// One word with the column (from 1, in characters) it starts at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub column: usize,
}

/// Kinds of words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Name(String),
    Number(Decimal),
    Text(String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

const SIGNS: [&str; 16] = [
    "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", "=",
];

/// Cuts an expression into words.
///
/// # Errors
/// A German sentence that names the character or the number and its column.
pub(crate) fn tokens(source: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = source.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(first) = chars.get(at).copied() {
        let column = at + 1;
        if first.is_whitespace() {
            at += 1;
            continue;
        }
        let take = |from: usize, keep: fn(char) -> bool| -> String {
            chars[from..].iter().copied().take_while(|c| keep(*c)).collect()
        };
        let kind = if first.is_ascii_alphabetic() || first == '_' {
            let name = take(at, |c| c.is_ascii_alphanumeric() || c == '_');
            at += name.len();
            TokenKind::Name(name)
        } else if first.is_ascii_digit() {
            let digits = take(at, |c| c.is_ascii_digit() || c == '.');
            at += digits.len();
            TokenKind::Number(
                digits
                    .parse()
                    .map_err(|_| format!("„{digits}“ ist keine Zahl (Spalte {column})"))?,
            )
        } else if first == '\'' || first == '"' {
            let text: String = chars[at + 1..].iter().take_while(|c| **c != first).collect();
            at += text.chars().count() + 2;
            if at > chars.len() {
                return Err(format!("ein Text endet nicht (Spalte {column})"));
            }
            TokenKind::Text(text)
        } else {
            let rest: String = chars[at..].iter().take(2).collect();
            let sign = SIGNS
                .into_iter()
                .find(|sign| rest.starts_with(sign))
                .ok_or_else(|| format!("„{first}“ gehört nicht in einen Ausdruck (Spalte {column})"))?;
            at += sign.len();
            TokenKind::Sign(sign)
        };
        out.push(Token { kind, column });
    }
    out.push(Token {
        kind: TokenKind::End,
        column: chars.len() + 1,
    });
    Ok(out)
}
