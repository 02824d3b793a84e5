//! Names and types of an expression: turns what is written into what is
//! evaluated, or says why that cannot be.

use super::ast::{Ast, Link, Node};
use super::{DayOf, Logic, Num, Op, Term};
use crate::model::{ItemIx, ItemKind};
use crate::typology::{AgeGroup, Level};

/// What the names of an expression mean in an instrument being loaded.
pub(crate) trait Names {
    /// The item with this id and the form of its answers.
    fn item(&self, id: &str) -> Option<(ItemIx, ItemKind)>;
    /// The rows of the matrix with this id.
    fn matrix(&self, id: &str) -> Option<Vec<ItemIx>>;
    /// Whether a code is among the options of an item.
    fn has_code(&self, item: ItemIx, code: i16) -> bool;
    /// Id of an item, for messages.
    fn id(&self, item: ItemIx) -> &str;
}

enum Typed {
    Logic(Logic),
    Num(Num),
    Day(Num),
    Text(Term),
    Codes(ItemIx),
    Rows(Vec<ItemIx>),
    List(Vec<Ast>),
}

impl Typed {
    fn name(&self) -> &'static str {
        match self {
            Self::Logic(_) => "eine Bedingung",
            Self::Num(_) => "eine Zahl",
            Self::Day(_) => "ein Datum",
            Self::Text(_) => "ein Text",
            Self::Codes(_) => "eine Mehrfachauswahl",
            Self::Rows(_) => "eine Matrix",
            Self::List(_) => "eine Liste",
        }
    }
}

/// Checks a condition.
///
/// # Errors
/// A German sentence with the column.
pub(crate) fn logic(ast: &Ast, names: &impl Names) -> Result<Logic, String> {
    match typed(ast, names)? {
        Typed::Logic(logic) => Ok(logic),
        other => Err(wrong(ast, "eine Bedingung", &other)),
    }
}

fn wrong(ast: &Ast, wanted: &str, found: &Typed) -> String {
    format!(
        "hier steht {}, verlangt ist {wanted} (Spalte {})",
        found.name(),
        ast.column
    )
}

fn num(ast: &Ast, names: &impl Names) -> Result<Num, String> {
    match typed(ast, names)? {
        Typed::Num(num) => Ok(num),
        other => Err(wrong(ast, "eine Zahl", &other)),
    }
}

fn typed(ast: &Ast, names: &impl Names) -> Result<Typed, String> {
    Ok(match &ast.node {
        Node::Number(value) => Typed::Num(Num::Const(*value)),
        Node::Text(text) => Typed::Text(Term::Const(text.clone())),
        Node::List(parts) => Typed::List(parts.clone()),
        Node::Name(name) => named(name, ast.column, names)?,
        Node::Call(name, arguments) => call(name, arguments, ast, names)?,
        Node::Neg(inner) => Typed::Num(Num::Neg(Box::new(num(inner, names)?))),
        Node::Not(inner) => Typed::Logic(Logic::Not(Box::new(logic(inner, names)?))),
        Node::And(parts) => Typed::Logic(Logic::And(each(parts, names)?)),
        Node::Or(parts) => Typed::Logic(Logic::Or(each(parts, names)?)),
        Node::Calc(calc, left, right) => Typed::Num(Num::Calc(
            *calc,
            Box::new(num(left, names)?),
            Box::new(num(right, names)?),
        )),
        Node::Chain(first, links) => {
            let mut left = first.as_ref();
            let mut parts = Vec::with_capacity(links.len());
            for (link, right) in links {
                parts.push(match link {
                    Link::Compare(op) => compare(*op, left, right, names)?,
                    Link::In => contained(left, right, names)?,
                });
                left = right;
            }
            match parts.pop() {
                Some(only) if parts.is_empty() => Typed::Logic(only),
                Some(last) => {
                    parts.push(last);
                    Typed::Logic(Logic::And(parts))
                }
                None => return typed(first, names),
            }
        }
    })
}

fn each(parts: &[Ast], names: &impl Names) -> Result<Vec<Logic>, String> {
    parts.iter().map(|part| logic(part, names)).collect()
}

fn named(name: &str, column: usize, names: &impl Names) -> Result<Typed, String> {
    match name {
        "immer" => return Ok(Typed::Logic(Logic::Const(true))),
        "form" => return Ok(Typed::Text(Term::Form)),
        "land" => return Ok(Typed::Text(Term::Land)),
        "stichtag" => return Ok(Typed::Day(Num::Day(DayOf::Stichtag))),
        "vorwelle_stichtag" => return Ok(Typed::Day(Num::Day(DayOf::VorwelleStichtag))),
        _ => {}
    }
    if let Some((level, age, before)) = criterion(name) {
        return Ok(Typed::Text(Term::Criterion(level, age, before)));
    }
    if let Some((item, kind)) = names.item(name) {
        return Ok(match kind {
            ItemKind::Choice | ItemKind::Number { .. } => Typed::Num(Num::Item(item)),
            ItemKind::Choices => Typed::Codes(item),
            ItemKind::Text { .. } => Typed::Text(Term::Item(item)),
            ItemKind::Date => Typed::Day(Num::Item(item)),
        });
    }
    if let Some(rows) = names.matrix(name) {
        return Ok(Typed::Rows(rows));
    }
    if let Some((item, kind)) = name.strip_prefix("vw_").and_then(|id| names.item(id)) {
        return match kind {
            ItemKind::Choice | ItemKind::Number { .. } => Ok(Typed::Num(Num::Before(item))),
            ItemKind::Date => Ok(Typed::Day(Num::Before(item))),
            ItemKind::Choices | ItemKind::Text { .. } => Err(format!(
                "„{name}“: Angaben der Vorwelle gibt es nur für Zahlen, Auswahlen und Daten (Spalte {column})"
            )),
        };
    }
    Err(format!("„{name}“ ist nicht bekannt (Spalte {column})"))
}

/// `k1_ue`, `vw_k3_u25` …
pub(crate) fn criterion(name: &str) -> Option<(Level, AgeGroup, bool)> {
    let (before, name) = match name.strip_prefix("vw_") {
        Some(rest) => (true, rest),
        None => (false, name),
    };
    let (level, age) = name.split_once('_')?;
    let level = match level {
        "k1" => Level::K1,
        "k2" => Level::K2,
        "k3" => Level::K3,
        _ => return None,
    };
    let age = match age {
        "ue" => AgeGroup::Ue,
        "u25" => AgeGroup::U25,
        _ => return None,
    };
    Some((level, age, before))
}

fn compare(op: Op, left: &Ast, right: &Ast, names: &impl Names) -> Result<Logic, String> {
    match (typed(left, names)?, typed(right, names)?) {
        (Typed::Num(a), Typed::Num(b)) => {
            known_code(&a, &b, right, names)?;
            known_code(&b, &a, left, names)?;
            Ok(Logic::Compare(op, a, b))
        }
        (Typed::Day(a), Typed::Day(b)) => Ok(Logic::Compare(op, a, b)),
        (Typed::Text(a), Typed::Text(b)) => {
            known_text(&a, &b, right)?;
            known_text(&b, &a, left)?;
            negated(op, left, Logic::Equal(a, b))
        }
        (Typed::Logic(a), Typed::Logic(b)) => negated(op, left, Logic::Same(Box::new(a), Box::new(b))),
        (a, b) => Err(format!(
            "{} und {} lassen sich nicht vergleichen (Spalte {})",
            a.name(),
            b.name(),
            left.column
        )),
    }
}

fn negated(op: Op, ast: &Ast, equal: Logic) -> Result<Logic, String> {
    match op {
        Op::Eq => Ok(equal),
        Op::Ne => Ok(Logic::Not(Box::new(equal))),
        _ => Err(format!("hier sind nur == und != möglich (Spalte {})", ast.column)),
    }
}

/// A choice compared with a number: the number must be one of its codes.
fn known_code(item: &Num, code: &Num, at: &Ast, names: &impl Names) -> Result<(), String> {
    let (Num::Item(item) | Num::Before(item), Num::Const(value)) = (item, code) else {
        return Ok(());
    };
    let is_choice = matches!(names.item(names.id(*item)), Some((_, ItemKind::Choice)));
    let code = i16::try_from(*value).ok().filter(|_| value.fract().is_zero());
    if is_choice && !code.is_some_and(|code| names.has_code(*item, code)) {
        return Err(format!(
            "{} hat keine Antwort mit dem Code {value} (Spalte {})",
            names.id(*item),
            at.column
        ));
    }
    Ok(())
}

/// A form, a Land or a criterion compared with a text: the text must be one of
/// its values.
fn known_text(term: &Term, text: &Term, at: &Ast) -> Result<(), String> {
    let (Some(values), Term::Const(text)) = (term.values(), text) else {
        return Ok(());
    };
    if values.contains(&text.as_str()) || matches!(term, Term::Const(_)) {
        return Ok(());
    }
    Err(format!(
        "'{text}' kommt hier nicht vor, möglich sind: {} (Spalte {})",
        values.join(", "),
        at.column
    ))
}

fn contained(left: &Ast, right: &Ast, names: &impl Names) -> Result<Logic, String> {
    match (typed(left, names)?, typed(right, names)?) {
        (Typed::Num(Num::Const(value)), Typed::Codes(item)) => {
            let code = i16::try_from(value).ok().filter(|_| value.fract().is_zero());
            match code.filter(|code| names.has_code(item, *code)) {
                Some(code) => Ok(Logic::Chosen(item, code)),
                None => Err(format!(
                    "{} hat keine Antwort mit dem Code {value} (Spalte {})",
                    names.id(item),
                    left.column
                )),
            }
        }
        (Typed::Num(value), Typed::List(parts)) => {
            let mut list = Vec::with_capacity(parts.len());
            for part in &parts {
                let one = num(part, names)?;
                known_code(&value, &one, part, names)?;
                list.push(one);
            }
            Ok(Logic::Among(value, list))
        }
        (Typed::Text(value), Typed::List(parts)) => {
            let list = parts
                .iter()
                .map(|part| match typed(part, names)? {
                    Typed::Text(term) => known_text(&value, &term, part).map(|()| term),
                    other => Err(wrong(part, "ein Text", &other)),
                })
                .collect::<Result<_, _>>()?;
            Ok(Logic::OneOf(value, list))
        }
        (a, b) => Err(format!(
            "„in“ passt nicht zwischen {} und {} (Spalte {})",
            a.name(),
            b.name(),
            left.column
        )),
    }
}

fn call(name: &str, arguments: &[Ast], ast: &Ast, names: &impl Names) -> Result<Typed, String> {
    let count = |wanted: usize| {
        if arguments.len() == wanted {
            return Ok(());
        }
        Err(format!(
            "{name}() verlangt {wanted} Angaben, hier stehen {} (Spalte {})",
            arguments.len(),
            ast.column
        ))
    };
    let text_item = |ast: &Ast| match typed(ast, names)? {
        Typed::Text(Term::Item(item)) => Ok(item),
        other => Err(wrong(ast, "eine Textfrage", &other)),
    };
    let rows = |ast: &Ast| match typed(ast, names)? {
        Typed::Rows(rows) => Ok(rows),
        other => Err(wrong(ast, "eine Matrix", &other)),
    };
    Ok(match (name, arguments) {
        ("len", [text]) => Typed::Num(Num::Length(text_item(text)?)),
        ("is_email", [text]) => Typed::Logic(Logic::Email(text_item(text)?)),
        ("abs", [value]) => Typed::Num(Num::Abs(Box::new(num(value, names)?))),
        ("count", [multi]) => match typed(multi, names)? {
            Typed::Codes(item) => Typed::Num(Num::Count(item)),
            other => return Err(wrong(multi, "eine Mehrfachauswahl", &other)),
        },
        ("total", [matrix]) => Typed::Num(Num::Total(rows(matrix)?)),
        ("all_ge", [matrix, low]) => Typed::Logic(Logic::Rows(rows(matrix)?, vec![(Op::Ge, num(low, names)?)])),
        ("all_gt", [matrix, low]) => Typed::Logic(Logic::Rows(rows(matrix)?, vec![(Op::Gt, num(low, names)?)])),
        ("all_between", [matrix, low, high]) => Typed::Logic(Logic::Rows(
            rows(matrix)?,
            vec![(Op::Ge, num(low, names)?), (Op::Le, num(high, names)?)],
        )),
        ("len" | "is_email" | "abs" | "count" | "total", _) => {
            return Err(count(1).err().unwrap_or_default());
        }
        ("all_ge" | "all_gt", _) => return Err(count(2).err().unwrap_or_default()),
        ("all_between", _) => return Err(count(3).err().unwrap_or_default()),
        _ => {
            return Err(format!("die Funktion „{name}“ gibt es nicht (Spalte {})", ast.column));
        }
    })
}
