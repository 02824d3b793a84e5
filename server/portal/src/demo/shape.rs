//! How the offices of the demonstration work: the counts of the paper, dealt
//! out so that its figures for 31.10.2007 come out of the answers.
//!
//! Tabelle 2 of 2007 and everything the text says about it hold together,
//! and so does the year before as far as the paper agrees with itself. What
//! cannot hold, and what was chosen instead (the numbers are those of
//! `discrepancies` in the published figures; a test prints all of them beside
//! what is computed):
//!
//! - D01 to D04: for 31.12.2006 the leaves of the ARGEn (326) do not add up to
//!   their parents (336). The parents are met by all classified offices, the
//!   leaves by the panel of 413. 66 leaves below an IIb of 65 cannot be: the
//!   panel has IIba 59 instead of 60 and Iba 142 instead of 141.
//! - D06: 72 per cent of 21 gAw is no number of offices; Tabelle 2 (15) holds.
//! - D07, D08: 17 of 331 ARGEn integrate benefits, 5 per cent, so not 6; 314
//!   do not, 95 per cent, so not 94.
//! - D09: 29 integrated ARGEn in 2006 leave 91 per cent, not 92.
//! - D10: 5 per cent of 69 zkT is no number of offices; three of them (4).
//! - D12: over 96 per cent usable in the second wave need more than the 423
//!   offices in the tables: three more are usable and practise no case
//!   management, so that criterion 1 does not exist for them.
//!
//! It knows nothing of answers.

use survey::Form;

/// Who does case management: the variants of criterion 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// Generalised: everybody gets it.
    ForAll,
    /// Generalised: some get it, from the same staff.
    SameStaff,
    /// Specialised: staff of its own.
    Full,
    /// Specialised: experts who are called in.
    Experts,
    /// There is none.
    Nowhere,
}

impl Care {
    /// Whether it is generalised, where there is any.
    pub(super) fn generalised(self) -> Option<bool> {
        match self {
            Self::ForAll | Self::SameStaff => Some(true),
            Self::Full | Self::Experts => Some(false),
            Self::Nowhere => None,
        }
    }
}

/// How close benefits and integration are (Abbildung 2, V1 to V5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Benefits {
    /// Whoever looks after a customer computes the benefits.
    Computes,
    /// Whoever looks after a customer answers questions on benefits.
    Contact,
    /// Separate, in teams with both kinds of staff.
    Team,
    /// Separate, at most three colleagues per person.
    Close,
    /// Separate.
    Loose,
}

impl Benefits {
    /// Whether criterion 3 is met.
    pub(super) fn integrated(self) -> bool {
        matches!(self, Self::Computes | Self::Contact)
    }
}

/// How an office works for one age group in one wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Model {
    /// Criterion 1.
    pub care: Care,
    /// Criterion 2: placement is part of case management.
    pub placed: bool,
    /// Criterion 3 and beyond.
    pub benefits: Benefits,
}

/// An office's forms and models.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Form in the third wave.
    pub form: Form,
    /// Form in the two waves before.
    pub earlier_form: Form,
    /// Ü25 in 2006, 2007, 2008.
    older: [Model; 3],
    /// U25 in 2006, 2007, 2008.
    younger: [Model; 3],
}

impl Shape {
    /// How the office works in a wave.
    pub(super) fn model(&self, wave: i32, young: bool) -> Model {
        let models = if young { &self.younger } else { &self.older };
        match wave {
            2008.. => models[2],
            2007 => models[1],
            _ => models[0],
        }
    }
}

/// A type, as the letters of its code say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letters {
    /// None where there is no case management.
    generalised: Option<bool>,
    placed: bool,
    integrated: bool,
}

fn letters(code: &str) -> Letters {
    let last = |back| code.chars().rev().nth(back) == Some('b');
    Letters {
        generalised: (!code.starts_with('?')).then(|| code.starts_with("II")),
        placed: last(1),
        integrated: last(0),
    }
}

use Form::{Arge, Gaw, Zkt};

/// Offices that took part in 2007 and 2008, 413 of them: form then and now,
/// type then and now, and how many. 16 change criterion 1 in each direction
/// (8 per cent), 16 give up integrated benefits and one takes them up (4).
const PANEL: [(Form, Form, &str, &str, usize); 49] = [
    (Arge, Arge, "Iaa", "Iaa", 79),
    (Arge, Arge, "Iaa", "Iba", 4),
    (Arge, Arge, "Iaa", "IIaa", 3),
    (Arge, Arge, "Iab", "Iab", 6),
    (Arge, Arge, "Iab", "Iaa", 2),
    (Arge, Arge, "Iba", "Iba", 128),
    (Arge, Arge, "Iba", "Iaa", 5),
    (Arge, Arge, "Iba", "IIaa", 1),
    (Arge, Arge, "Iba", "IIba", 6),
    (Arge, Arge, "Ibb", "Ibb", 6),
    (Arge, Arge, "Ibb", "Iba", 6),
    (Arge, Arge, "IIaa", "IIaa", 6),
    (Arge, Arge, "IIaa", "Iaa", 3),
    (Arge, Arge, "IIab", "IIab", 2),
    (Arge, Arge, "IIab", "IIaa", 1),
    (Arge, Arge, "IIba", "IIba", 46),
    (Arge, Arge, "IIba", "IIaa", 2),
    (Arge, Arge, "IIba", "Iaa", 2),
    (Arge, Arge, "IIba", "Iba", 9),
    (Arge, Arge, "IIbb", "IIbb", 3),
    (Arge, Arge, "IIbb", "IIba", 3),
    (Arge, Gaw, "Iaa", "Iaa", 1),
    (Arge, Gaw, "Iba", "Iba", 2),
    (Gaw, Gaw, "Iaa", "Iaa", 4),
    (Gaw, Gaw, "Iba", "Iba", 5),
    (Gaw, Gaw, "Ibb", "Iba", 1),
    (Gaw, Gaw, "IIba", "IIba", 6),
    (Gaw, Gaw, "IIba", "Iba", 1),
    (Gaw, Gaw, "IIba", "Iaa", 1),
    (Zkt, Zkt, "Iaa", "Iaa", 6),
    (Zkt, Zkt, "Iaa", "IIaa", 4),
    (Zkt, Zkt, "Iab", "Iab", 1),
    (Zkt, Zkt, "Iab", "IIaa", 1),
    (Zkt, Zkt, "Iba", "Iba", 4),
    (Zkt, Zkt, "Iba", "Ibb", 1),
    (Zkt, Zkt, "Iba", "IIaa", 1),
    (Zkt, Zkt, "Ibb", "Ibb", 1),
    (Zkt, Zkt, "IIaa", "IIaa", 11),
    (Zkt, Zkt, "IIab", "IIab", 2),
    (Zkt, Zkt, "IIba", "IIba", 27),
    (Zkt, Zkt, "IIba", "IIaa", 1),
    (Zkt, Zkt, "IIbb", "IIbb", 7),
    (Zkt, Zkt, "IIbb", "IIba", 2),
    // Only in 2008.
    (Arge, Arge, "Iaa", "Iaa", 2),
    (Arge, Arge, "Iba", "Iba", 2),
    (Arge, Arge, "IIaa", "IIaa", 1),
    (Arge, Arge, "IIba", "IIba", 3),
    // Only in 2007.
    (Arge, Arge, "Iaa", "Iaa", 6),
    (Arge, Arge, "Iba", "Iba", 4),
];

/// Rows of [`PANEL`] whose offices took part in both waves.
const IN_BOTH: usize = 43;
/// Further rows whose offices took part in 2008 alone.
const NEW_IN_2008: usize = 4;

/// Usable in 2007 without case management, hence not in the tables (D12).
const WITHOUT_CARE: [&str; 3] = ["?aa", "?aa", "?ba"];

/// Offices usable in 2008, in the order of their places.
const USABLE_2008: usize = super::roster::USABLE_2008;

/// Shapes of the whole register, in the order of its places: 413 in both
/// waves, 8 in 2008 alone, 13 in 2007 alone, the others in neither.
pub(super) fn shapes(count: usize) -> Vec<Shape> {
    let expand = |rows: &[(Form, Form, &str, &str, usize)]| -> Vec<Draft> {
        rows.iter()
            .flat_map(|(earlier, form, then, now, count)| {
                std::iter::repeat_n(Draft::new(*earlier, *form, then, now), *count)
            })
            .collect()
    };
    let (both, others) = PANEL.split_at(IN_BOTH);
    let (new, gone) = others.split_at(NEW_IN_2008);
    let mut drafts = mixed(&expand(both));
    drafts.extend(expand(new));
    drafts.extend(expand(gone));
    drafts.extend(WITHOUT_CARE.map(|code| Draft::new(Arge, Arge, code, code)));
    while drafts.len() < count {
        let code = ["Iba", "Iaa", "IIba"][drafts.len() % 3];
        drafts.push(Draft::new(Arge, Arge, code, code));
    }
    for form in Form::ALL {
        care(&mut drafts, form);
        benefits(&mut drafts, form);
        customers_under_25(&mut drafts, form);
    }
    drafts
        .iter()
        .enumerate()
        .map(|(place, draft)| draft.shape(place))
        .collect()
}

/// The offices of the panel in a mixed but fixed order, every zkT at a place
/// that took part in all three waves (paper, section 2).
fn mixed(panel: &[Draft]) -> Vec<Draft> {
    let (licensed, others): (Vec<&Draft>, Vec<&Draft>) = panel.iter().partition(|draft| draft.form == Zkt);
    let mut others = stride(&others, 149).into_iter();
    let mut licensed = stride(&licensed, 22).into_iter();
    (0..panel.len())
        .filter_map(|place| {
            let turn = place >= super::roster::NOT_IN_2006 && place % 5 == 0;
            let first = if turn { licensed.next() } else { None };
            first.or_else(|| others.next()).or_else(|| licensed.next()).copied()
        })
        .collect()
}

/// The same values, taken in steps that visit each once (the step is coprime
/// to the lengths used here; a test asserts it).
fn stride<T: Copy>(values: &[T], step: usize) -> Vec<T> {
    (0..values.len())
        .map(|place| values[(place * step) % values.len()])
        .collect()
}

/// An office on the way to its shape: 2007 and 2008.
#[derive(Clone, Copy, Debug)]
struct Draft {
    earlier_form: Form,
    form: Form,
    then: Letters,
    now: Letters,
    care: [Care; 2],
    benefits: [Benefits; 2],
    /// U25 proceed the other way in criterion 1.
    care_differs: bool,
    /// U25 are placed by their case managers although Ü25 are not.
    placed_if_young: bool,
}

impl Draft {
    fn new(earlier_form: Form, form: Form, then: &str, now: &str) -> Self {
        let (then, now) = (letters(then), letters(now));
        let benefits = |letters: Letters| {
            if letters.integrated {
                Benefits::Contact
            } else {
                Benefits::Loose
            }
        };
        Self {
            earlier_form,
            form,
            then,
            now,
            care: [usual(form, then.generalised), usual(form, now.generalised)],
            benefits: [benefits(then), benefits(now)],
            care_differs: false,
            placed_if_young: false,
        }
    }

    fn shape(&self, place: usize) -> Shape {
        let older = |at: usize, letters: Letters| Model {
            care: self.care[at],
            placed: letters.placed,
            benefits: self.benefits[at],
        };
        let (then, now) = (older(0, self.then), older(1, self.now));
        let mut first = then;
        if place % 31 == 7 && first.care != Care::Nowhere {
            first.care = usual(self.form, first.care.generalised().map(|one| !one));
        }
        if place % 29 == 11 && !first.benefits.integrated() {
            first.benefits = Benefits::Contact;
        }
        let younger = |older: Model, letters: Letters| {
            let same = letters == self.now;
            let differs = same && self.care_differs && older.care.generalised() == self.now.generalised;
            Model {
                care: match older.care.generalised().filter(|_| differs) {
                    Some(generalised) => usual(self.form, Some(!generalised)),
                    None => older.care,
                },
                placed: older.placed || (same && self.placed_if_young),
                benefits: older.benefits,
            }
        };
        Shape {
            form: self.form,
            earlier_form: self.earlier_form,
            older: [first, then, now],
            younger: [
                younger(first, self.then),
                younger(then, self.then),
                younger(now, self.now),
            ],
        }
    }
}

/// The variant that dominates (paper, section 3.2): case management for all
/// where it is generalised, experts in specialised zkT, else staff of its own.
fn usual(form: Form, generalised: Option<bool>) -> Care {
    match generalised {
        None => Care::Nowhere,
        Some(true) => Care::ForAll,
        Some(false) if form == Zkt => Care::Experts,
        Some(false) => Care::Full,
    }
}

/// Places of the offices usable in 2008 of one form.
fn of_form(drafts: &[Draft], form: Form, keep: impl Fn(&Draft) -> bool) -> Vec<usize> {
    (0..drafts.len().min(USABLE_2008))
        .filter(|place| drafts[*place].form == form && keep(&drafts[*place]))
        .collect()
}

/// `count` of the places, evenly spread, and the rest.
fn deal(places: Vec<usize>, count: usize) -> (Vec<usize>, Vec<usize>) {
    let all = places.len().max(1);
    let (taken, rest): (Vec<_>, Vec<_>) = places
        .into_iter()
        .enumerate()
        .partition(|(turn, _)| (turn + 1) * count / all > turn * count / all);
    let plain = |list: Vec<(usize, usize)>| list.into_iter().map(|(_, place)| place).collect();
    (plain(taken), plain(rest))
}

/// Variants of criterion 1 (section 3.2): zkT 53 for all and 3 with the same
/// staff, ARGEn half and half; experts in most specialised zkT and in a
/// quarter of the others.
fn care(drafts: &mut [Draft], form: Form) {
    let (same_staff, experts) = match form {
        Zkt => (3, 9),
        Arge => (38, 62),
        Gaw => (3, 4),
    };
    let generalised = of_form(drafts, form, |draft| draft.now.generalised == Some(true));
    let specialised = of_form(drafts, form, |draft| draft.now.generalised == Some(false));
    let (same_staff, for_all) = deal(generalised, same_staff);
    let (experts, full) = deal(specialised, experts);
    for (places, care) in [
        (same_staff, Care::SameStaff),
        (for_all, Care::ForAll),
        (experts, Care::Experts),
        (full, Care::Full),
    ] {
        for place in places {
            let draft = &mut drafts[place];
            draft.care[1] = care;
            if draft.then.generalised == draft.now.generalised {
                draft.care[0] = care;
            }
        }
    }
}

/// Abbildung 2 and section 3.4: integrated zkT 9 compute and 3 are contact
/// person, ARGEn 7 and 10; of the others 17 and 33 work in common teams, 24
/// and 103 in close ties. A year before, 3 zkT and 10 ARGEn computed.
fn benefits(drafts: &mut [Draft], form: Form) {
    let (compute, computed, team, close) = match form {
        Zkt => (9, 3, 17, 24),
        Arge => (7, 10, 33, 103),
        Gaw => (0, 0, 3, 5),
    };
    let (compute, _) = deal(of_form(drafts, form, |draft| draft.now.integrated), compute);
    let (team, rest) = deal(of_form(drafts, form, |draft| !draft.now.integrated), team);
    let (close, _) = deal(rest, close);
    let (computed, _) = deal(of_form(drafts, form, |draft| draft.then.integrated), computed);
    for (places, benefits) in [
        (compute, Benefits::Computes),
        (team, Benefits::Team),
        (close, Benefits::Close),
    ] {
        for place in places {
            let draft = &mut drafts[place];
            draft.benefits[1] = benefits;
            if !draft.then.integrated && !benefits.integrated() {
                draft.benefits[0] = benefits;
            }
        }
    }
    for place in computed {
        drafts[place].benefits[0] = Benefits::Computes;
    }
}

/// U25 (sections 3.2 and 3.3): generalised in 60 zkT and 99 ARGEn, the same
/// as Ü25 in 379 of 421; placement integrated in 45 zkT and 232 ARGEn.
fn customers_under_25(drafts: &mut [Draft], form: Form) {
    let (to_generalised, to_specialised, placed) = match form {
        Zkt => (5, 1, 3),
        Arge => (28, 6, 16),
        Gaw => (1, 1, 0),
    };
    let generalised = of_form(drafts, form, |draft| draft.now.generalised == Some(true));
    let specialised = of_form(drafts, form, |draft| draft.now.generalised == Some(false));
    for place in deal(specialised, to_generalised)
        .0
        .into_iter()
        .chain(deal(generalised, to_specialised).0)
    {
        drafts[place].care_differs = true;
    }
    for place in deal(of_form(drafts, form, |draft| !draft.now.placed), placed).0 {
        drafts[place].placed_if_young = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panel_is_complete_and_every_step_visits_each_office_once() {
        let count = |rows: &[(Form, Form, &str, &str, usize)]| rows.iter().map(|row| row.4).sum::<usize>();
        assert_eq!(count(&PANEL[..IN_BOTH]), 413);
        assert_eq!(count(&PANEL[IN_BOTH..IN_BOTH + NEW_IN_2008]), 8);
        assert_eq!(count(&PANEL[IN_BOTH + NEW_IN_2008..]) + WITHOUT_CARE.len(), 13);
        for (length, step) in [(344, 149), (69, 22)] {
            let places: Vec<usize> = (0..length).collect();
            let mut visited = stride(&places, step);
            visited.sort_unstable();
            assert_eq!(visited, places, "step {step} through {length}");
        }
    }

    #[test]
    fn dealing_takes_as_many_as_asked_for() {
        for (all, count) in [(13, 5), (331, 33), (7, 0), (3, 3)] {
            let (taken, rest) = deal((0..all).collect(), count);
            assert_eq!((taken.len(), rest.len()), (count, all - count));
        }
    }
}
