//! An expression as it is written, before its names and types are known.

use super::Calc;
use rust_decimal::Decimal;

/// A node with the column it starts at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ast {
    pub node: Node,
    pub column: usize,
}

/// Forms of expressions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Number(Decimal),
    Text(String),
    Name(String),
    List(Vec<Ast>),
    Call(String, Vec<Ast>),
    Neg(Box<Ast>),
    Not(Box<Ast>),
    And(Vec<Ast>),
    Or(Vec<Ast>),
    Calc(Calc, Box<Ast>, Box<Ast>),
    /// `a <= b < c`: the conjunction of its links.
    Chain(Box<Ast>, Vec<(Link, Ast)>),
}

/// What joins two links of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Compare(super::Op),
    In,
}
