//! Parser by recursive descent, with bounded depth.
//!
//! `or` binds least, then `and`, `not`, comparisons and `in`, `+ -`, `* /`,
//! sign.

use super::ast::{Ast, Link, Node};
use super::lexer::{Token, TokenKind, tokens};
use super::{Calc, Op};

/// Longest expression, in characters.
pub(crate) const MAX_LENGTH: usize = 2_000;
/// Deepest nesting of brackets and signs.
pub(crate) const MAX_DEPTH: usize = 40;
/// Deepest nesting of operations; evaluation never goes deeper, and the
/// checked form stays within the 128 levels that readers of JSON allow.
pub(crate) const MAX_NESTING: usize = 28;

/// Reads an expression.
///
/// # Errors
/// A German sentence that says what is wrong and in which column.
pub(crate) fn parse(source: &str) -> Result<Ast, String> {
    if source.chars().count() > MAX_LENGTH {
        return Err(format!("der Ausdruck ist länger als {MAX_LENGTH} Zeichen"));
    }
    let mut parser = Parser {
        tokens: tokens(source)?,
        at: 0,
        depth: 0,
    };
    let ast = parser.or()?;
    match parser.peek() {
        TokenKind::End if nesting(&ast) > MAX_NESTING => Err(format!(
            "der Ausdruck rechnet in mehr als {MAX_NESTING} Stufen ineinander"
        )),
        TokenKind::End => Ok(ast),
        other => Err(format!("unerwartet: {} (Spalte {})", spell(other), parser.column())),
    }
}

/// How deep the operations of an expression stand in each other.
fn nesting(ast: &Ast) -> usize {
    let deepest = |parts: &[Ast]| parts.iter().map(nesting).max().unwrap_or(0);
    match &ast.node {
        Node::Number(_) | Node::Text(_) | Node::Name(_) => 0,
        Node::List(parts) | Node::Call(_, parts) | Node::And(parts) | Node::Or(parts) => 1 + deepest(parts),
        Node::Neg(part) | Node::Not(part) => 1 + nesting(part),
        Node::Calc(_, left, right) => 1 + nesting(left).max(nesting(right)),
        Node::Chain(first, links) => {
            let rest = links.iter().map(|(_, part)| nesting(part)).max().unwrap_or(0);
            1 + nesting(first).max(rest)
        }
    }
}

fn spell(token: &TokenKind) -> String {
    match token {
        TokenKind::Name(name) => format!("„{name}“"),
        TokenKind::Number(number) => format!("„{number}“"),
        TokenKind::Text(text) => format!("'{text}'"),
        TokenKind::Sign(sign) => format!("„{sign}“"),
        TokenKind::End => "das Ende".to_owned(),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &TokenKind {
        self.tokens.get(self.at).map_or(&TokenKind::End, |token| &token.kind)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.column)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Sign(found) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Name(found) if found == word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) {
            return Ok(());
        }
        Err(format!(
            "es fehlt „{sign}“ vor {} (Spalte {})",
            spell(self.peek()),
            self.column()
        ))
    }

    /// Goes one level deeper, or refuses.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("der Ausdruck ist tiefer als {MAX_DEPTH} Ebenen verschachtelt"));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Result<Ast, String> {
        self.joined("or", Node::Or, Self::and)
    }

    fn and(&mut self) -> Result<Ast, String> {
        self.joined("and", Node::And, Self::not)
    }

    fn joined(
        &mut self,
        word: &str,
        node: fn(Vec<Ast>) -> Node,
        part: fn(&mut Self) -> Result<Ast, String>,
    ) -> Result<Ast, String> {
        let column = self.column();
        let first = part(self)?;
        let mut parts = vec![first];
        while self.word(word) {
            parts.push(part(self)?);
        }
        if parts.len() == 1 {
            return parts.pop().ok_or_else(|| "der Ausdruck ist leer".to_owned());
        }
        Ok(Ast {
            node: node(parts),
            column,
        })
    }

    fn not(&mut self) -> Result<Ast, String> {
        let column = self.column();
        if self.word("not") {
            let inner = self.deeper(Self::not)?;
            return Ok(Ast {
                node: Node::Not(Box::new(inner)),
                column,
            });
        }
        self.chain()
    }

    fn chain(&mut self) -> Result<Ast, String> {
        let column = self.column();
        let first = self.sum()?;
        let mut links = Vec::new();
        loop {
            let link = match self.peek() {
                TokenKind::Sign("==") => Link::Compare(Op::Eq),
                TokenKind::Sign("!=") => Link::Compare(Op::Ne),
                TokenKind::Sign("<") => Link::Compare(Op::Lt),
                TokenKind::Sign("<=") => Link::Compare(Op::Le),
                TokenKind::Sign(">") => Link::Compare(Op::Gt),
                TokenKind::Sign(">=") => Link::Compare(Op::Ge),
                TokenKind::Sign("=") => {
                    return Err(format!(
                        "„=“ ist kein Vergleich, gemeint ist „==“ (Spalte {})",
                        self.column()
                    ));
                }
                TokenKind::Name(word) if word == "in" => Link::In,
                _ => break,
            };
            self.at += 1;
            links.push((link, self.sum()?));
        }
        if links.is_empty() {
            return Ok(first);
        }
        Ok(Ast {
            node: Node::Chain(Box::new(first), links),
            column,
        })
    }

    fn sum(&mut self) -> Result<Ast, String> {
        self.calculated([("+", Calc::Add), ("-", Calc::Sub)], Self::product)
    }

    fn product(&mut self) -> Result<Ast, String> {
        self.calculated([("*", Calc::Mul), ("/", Calc::Div)], Self::unary)
    }

    fn calculated(
        &mut self,
        signs: [(&str, Calc); 2],
        part: fn(&mut Self) -> Result<Ast, String>,
    ) -> Result<Ast, String> {
        let column = self.column();
        let mut left = part(self)?;
        let mut links = 0;
        while let Some(calc) = signs.iter().find(|(sign, _)| self.sign(sign)).map(|(_, calc)| *calc) {
            links += 1;
            if links > MAX_DEPTH {
                return Err(format!("mehr als {MAX_DEPTH} Rechenschritte hintereinander"));
            }
            let right = part(self)?;
            left = Ast {
                node: Node::Calc(calc, Box::new(left), Box::new(right)),
                column,
            };
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Ast, String> {
        let column = self.column();
        if self.sign("-") {
            let inner = self.deeper(Self::unary)?;
            return Ok(Ast {
                node: Node::Neg(Box::new(inner)),
                column,
            });
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Ast, String> {
        let column = self.column();
        let kind = self.peek().clone();
        self.at += 1;
        let node = match kind {
            TokenKind::Number(number) => Node::Number(number),
            TokenKind::Text(text) => Node::Text(text),
            TokenKind::Name(name) if ["and", "or", "not", "in"].contains(&name.as_str()) => {
                return Err(format!("vor „{name}“ fehlt etwas (Spalte {column})"));
            }
            TokenKind::Name(name) if self.sign("(") => Node::Call(name, self.deeper(|this| this.list(")"))?),
            TokenKind::Name(name) => Node::Name(name),
            TokenKind::Sign("[") => Node::List(self.deeper(|this| this.list("]"))?),
            TokenKind::Sign("(") => {
                let inner = self.deeper(Self::or)?;
                self.expect(")")?;
                return Ok(inner);
            }
            other => return Err(format!("unerwartet: {} (Spalte {column})", spell(&other))),
        };
        Ok(Ast { node, column })
    }

    fn list(&mut self, close: &str) -> Result<Vec<Ast>, String> {
        let mut parts = Vec::new();
        if self.sign(close) {
            return Ok(parts);
        }
        loop {
            parts.push(self.or()?);
            if self.sign(close) {
                return Ok(parts);
            }
            self.expect(",")?;
        }
    }
}
