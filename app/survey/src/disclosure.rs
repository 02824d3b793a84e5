//! Small cells protected in everything respondents see.
//!
//! One population is shown twice: by Form and by Land, each time by type. The
//! rule, as the page states it:
//!
//! 1. A group of fewer than [`SMALLEST_GROUP`] units is not shown at all, nor
//!    one whose units are all of one type.
//! 2. A count of 1 or 2 is not shown (primary suppression).
//! 3. As many further counts are hidden as it takes that no hidden one can be
//!    computed from what is shown to all respondents together, whoever puts
//!    the tables side by side (complementary suppression).
//!
//! For the third: hidden counts are the edges of a graph between groups and
//! types, every published total is the equation of one of its nodes, and what
//! all Forms have together all Länder have too. A hidden count can be
//! computed exactly when its edge lies on no cycle. Only counts above zero are
//! hidden, so that along a cycle every one may be one more or one less: each
//! hidden count has at least two values that fit. Groups not shown have no
//! published total; together they are one node.

use std::collections::BTreeSet;

/// Counts below are not shown.
pub const THRESHOLD: u64 = 3;
/// Groups of fewer units are not shown.
pub const SMALLEST_GROUP: u64 = 10;

/// A group as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its units; nothing where the group is not shown.
    pub total: Option<u64>,
    /// Counts by type; nothing where hidden.
    pub counts: Vec<Option<u64>>,
}

/// Protects the counts of one population by type, once by its `first` groups
/// and once by its `second`. Both add up to the same counts per type.
#[must_use]
pub fn protect(first: &[Vec<u64>], second: &[Vec<u64>]) -> (Vec<Shown>, Vec<Shown>) {
    let groups: Vec<&Vec<u64>> = first.iter().chain(second).collect();
    let mut table = Suppression::new(&groups);
    while let Some(bridge) = table.bridge() {
        table.close(bridge);
    }
    let mut shown: Vec<Shown> = (0..groups.len()).map(|group| table.shown(group)).collect();
    let of_second = shown.split_off(first.len());
    (shown, of_second)
}

/// A cell: group and type.
type CellAt = (usize, usize);

/// What is hidden so far.
struct Suppression<'a> {
    groups: &'a [&'a Vec<u64>],
    hidden: BTreeSet<CellAt>,
    /// Groups not shown at all.
    withheld: BTreeSet<usize>,
}

/// A node of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    /// All groups not shown.
    Withheld,
    Group(usize),
    Type(usize),
}

impl<'a> Suppression<'a> {
    fn new(groups: &'a [&'a Vec<u64>]) -> Self {
        let mut table = Self {
            groups,
            hidden: BTreeSet::new(),
            withheld: BTreeSet::new(),
        };
        for (at, counts) in groups.iter().enumerate() {
            let total: u64 = counts.iter().sum();
            if total < SMALLEST_GROUP || counts.contains(&total) {
                table.withhold(at);
            }
            for (kind, count) in counts.iter().enumerate() {
                if (1..THRESHOLD).contains(count) {
                    table.hidden.insert((at, kind));
                }
            }
        }
        table
    }

    fn withhold(&mut self, group: usize) {
        self.withheld.insert(group);
        let above_zero = self.groups[group].iter().enumerate().filter(|(_, count)| **count > 0);
        self.hidden.extend(above_zero.map(|(kind, _)| (group, kind)));
    }

    fn node(&self, group: usize) -> Node {
        if self.withheld.contains(&group) {
            Node::Withheld
        } else {
            Node::Group(group)
        }
    }

    /// A hidden cell that lies on no cycle of hidden ones.
    fn bridge(&self) -> Option<CellAt> {
        self.hidden.iter().copied().find(|cell| {
            let way = self.way(*cell, |other| self.hidden.contains(&other).then_some(0));
            way.is_none()
        })
    }

    /// Hides what makes a cycle through a cell at the least loss, or else
    /// withholds a whole group.
    fn close(&mut self, cell: CellAt) {
        let cost = |other: CellAt| match self.groups[other.0][other.1] {
            0 => None,
            _ if self.hidden.contains(&other) => Some(0),
            count => Some(count),
        };
        if let Some(way) = self.way(cell, cost) {
            self.hidden.extend(way);
            return;
        }
        let visible = |group: &usize| !self.withheld.contains(group);
        let smallest = |groups: &mut dyn Iterator<Item = usize>| {
            groups.min_by_key(|group| self.groups[*group].iter().sum::<u64>())
        };
        let own = Some(cell.0).filter(visible);
        let same_type = || {
            smallest(
                &mut (0..self.groups.len())
                    .filter(visible)
                    .filter(|group| self.groups[*group][cell.1] > 0),
            )
        };
        let any = || smallest(&mut (0..self.groups.len()).filter(visible));
        match own.or_else(same_type).or_else(any) {
            Some(group) => self.withhold(group),
            // Nothing is shown any more: nothing can be computed. Unreachable
            // while both sides add up to the same.
            None => self.hidden.clear(),
        }
    }

    /// The cheapest way from a cell's type back to its group without the cell
    /// itself; `cost` says what passing a cell costs, if it may be passed.
    fn way(&self, cell: CellAt, cost: impl Fn(CellAt) -> Option<u64>) -> Option<Vec<CellAt>> {
        let goal = self.node(cell.0);
        let mut open: BTreeSet<(u64, Node, Vec<CellAt>)> = BTreeSet::from([(0, Node::Type(cell.1), Vec::new())]);
        let mut done: BTreeSet<Node> = BTreeSet::new();
        while let Some((spent, node, way)) = open.pop_first() {
            if node == goal {
                return Some(way);
            }
            if !done.insert(node) {
                continue;
            }
            for other in self.cells_at(node) {
                let Some(price) = cost(other).filter(|_| other != cell) else {
                    continue;
                };
                let next = match node {
                    Node::Type(_) => self.node(other.0),
                    _ => Node::Type(other.1),
                };
                let longer = way.iter().copied().chain([other]).collect();
                open.insert((spent + price, next, longer));
            }
        }
        None
    }

    fn cells_at(&self, node: Node) -> Vec<CellAt> {
        let kinds = self.groups.first().map_or(0, |counts| counts.len());
        let all = (0..self.groups.len()).flat_map(|group| (0..kinds).map(move |kind| (group, kind)));
        all.filter(|(group, kind)| match node {
            Node::Type(wanted) => *kind == wanted,
            other => self.node(*group) == other,
        })
        .collect()
    }

    fn shown(&self, group: usize) -> Shown {
        let counts = self.groups[group];
        if self.withheld.contains(&group) {
            return Shown {
                total: None,
                counts: vec![None; counts.len()],
            };
        }
        let cells = counts.iter().enumerate();
        Shown {
            total: Some(counts.iter().sum()),
            counts: cells
                .map(|(kind, count)| (!self.hidden.contains(&(group, kind))).then_some(*count))
                .collect(),
        }
    }
}
