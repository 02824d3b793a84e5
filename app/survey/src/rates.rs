//! Response rates after the AAPOR Standard Definitions (10th edition, 2023;
//! internet surveys of specifically named persons, establishment notes), as
//! integer fractions (design, section 3).
//!
//! Two layers: [`Classes`] are the definitions as they stand there, for any
//! survey, with unknown eligibility; [`disposition`] and [`Outcomes`] say how
//! the cases of this census are put into them.

use crate::status::Status;
use std::fmt;

/// Final disposition of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// 1.1 complete: usable.
    Complete,
    /// 1.2 partial: in, not (yet) usable, typology answered.
    Partial,
    /// 2.11 refusal.
    Refusal,
    /// 2.12 break-off: started, or in without the typology.
    BreakOff,
    /// 2.20 non-contact with the questionnaire.
    NonContact,
    /// 4.0 not eligible: out of the denominator.
    NotEligible,
}

impl Disposition {
    /// All dispositions in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::Complete,
        Self::Partial,
        Self::Refusal,
        Self::BreakOff,
        Self::NonContact,
        Self::NotEligible,
    ];

    /// Class in the formulas.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Complete => "I",
            Self::Partial => "P",
            Self::Refusal | Self::BreakOff => "R",
            Self::NonContact => "NC",
            Self::NotEligible => "NE",
        }
    }

    /// AAPOR code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Complete => "1.1",
            Self::Partial => "1.2",
            Self::Refusal => "2.11",
            Self::BreakOff => "2.12",
            Self::NonContact => "2.20",
            Self::NotEligible => "4.0",
        }
    }
}

/// The disposition of a case. `typology_answered`: the answers of its latest
/// submission classify it for Ü25.
#[must_use]
pub const fn disposition(status: Status, typology_answered: bool) -> Disposition {
    match status {
        Status::Usable => Disposition::Complete,
        Status::Submitted | Status::Query | Status::Unusable if typology_answered => Disposition::Partial,
        Status::Submitted | Status::Query | Status::Unusable | Status::Started => Disposition::BreakOff,
        Status::Refused => Disposition::Refusal,
        Status::NotInvited | Status::Invited | Status::Opened => Disposition::NonContact,
        Status::Ineligible => Disposition::NotEligible,
    }
}

/// A fraction of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Cases counted.
    pub numerator: u32,
    /// Cases they are counted among.
    pub denominator: u32,
}

impl Rate {
    /// Hundredths of a per cent, rounded half up; none of an empty base.
    #[must_use]
    pub fn basis_points(self) -> Option<u32> {
        let doubled = u64::from(self.numerator) * 20_000 + u64::from(self.denominator);
        let whole = doubled.checked_div(u64::from(self.denominator) * 2)?;
        u32::try_from(whole).ok()
    }

    /// Tenths of a per cent, rounded half up; none of an empty base.
    #[must_use]
    pub fn tenths(self) -> Option<u32> {
        let doubled = u64::from(self.numerator) * 2_000 + u64::from(self.denominator);
        let tenths = doubled.checked_div(u64::from(self.denominator) * 2)?;
        u32::try_from(tenths).ok()
    }

    /// Whole per cent, rounded half up, as the paper prints.
    #[must_use]
    pub fn percent(self) -> Option<u32> {
        let doubled = u64::from(self.numerator) * 200 + u64::from(self.denominator);
        let whole = doubled.checked_div(u64::from(self.denominator) * 2)?;
        u32::try_from(whole).ok()
    }
}

impl fmt::Display for Rate {
    /// `421 von 443 (95,0 %)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} von {}", self.numerator, self.denominator)?;
        match self.tenths() {
            Some(tenths) => write!(f, " ({},{}\u{a0}%)", tenths / 10, tenths % 10),
            None => Ok(()),
        }
    }
}

/// Dispositions counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// I.
    pub complete: u32,
    /// P.
    pub partial: u32,
    /// R, refusals.
    pub refusal: u32,
    /// R, break-offs.
    pub break_off: u32,
    /// NC.
    pub non_contact: u32,
    /// Out of the denominator.
    pub not_eligible: u32,
}

impl Outcomes {
    /// Counts one case.
    pub fn add(&mut self, disposition: Disposition) {
        self.add_many(disposition, 1);
    }

    /// Counts several cases.
    pub fn add_many(&mut self, disposition: Disposition, count: u32) {
        *match disposition {
            Disposition::Complete => &mut self.complete,
            Disposition::Partial => &mut self.partial,
            Disposition::Refusal => &mut self.refusal,
            Disposition::BreakOff => &mut self.break_off,
            Disposition::NonContact => &mut self.non_contact,
            Disposition::NotEligible => &mut self.not_eligible,
        } += count;
    }

    /// How many cases have a disposition.
    #[must_use]
    pub const fn of(&self, disposition: Disposition) -> u32 {
        match disposition {
            Disposition::Complete => self.complete,
            Disposition::Partial => self.partial,
            Disposition::Refusal => self.refusal,
            Disposition::BreakOff => self.break_off,
            Disposition::NonContact => self.non_contact,
            Disposition::NotEligible => self.not_eligible,
        }
    }

    /// The cases in the classes of the formulas. Nobody is of unknown
    /// eligibility, nobody is "other".
    #[must_use]
    pub const fn classes(&self) -> Classes {
        Classes {
            complete: self.complete as u64,
            partial: self.partial as u64,
            refusal: (self.refusal + self.break_off) as u64,
            non_contact: self.non_contact as u64,
            other: 0,
            unknown_household: 0,
            unknown_other: 0,
        }
    }

    /// I + P + R + NC. In a census from an authoritative register every unit
    /// is known to exist: unknown eligibility is empty.
    #[must_use]
    pub const fn denominator(&self) -> u32 {
        self.complete + self.partial + self.refusal + self.break_off + self.non_contact
    }

    /// RR1 = RR3 = RR5: completes over all; the paper's "Rücklauf an
    /// vollständig verwertbaren Fragebogen".
    #[must_use]
    pub const fn rr1(&self) -> Rate {
        Rate {
            numerator: self.complete,
            denominator: self.denominator(),
        }
    }

    /// RR2 = RR4 = RR6: completes and partials over all.
    #[must_use]
    pub const fn rr2(&self) -> Rate {
        Rate {
            numerator: self.complete + self.partial,
            denominator: self.denominator(),
        }
    }

    /// RR1 to RR6 in order.
    #[must_use]
    pub fn response_rates(&self) -> [Rate; 6] {
        let small = |part: u64| u32::try_from(part).unwrap_or(u32::MAX);
        self.classes().response_rates(Share::ALL).map(|share| Rate {
            numerator: small(share.part),
            denominator: small(share.whole),
        })
    }
}

/// Cases in the classes of the Standard Definitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// I: complete.
    pub complete: u64,
    /// P: partial.
    pub partial: u64,
    /// R: refusal and break-off.
    pub refusal: u64,
    /// NC: non-contact.
    pub non_contact: u64,
    /// O: other.
    pub other: u64,
    /// UH: unknown whether it is a household (here: an office) at all.
    pub unknown_household: u64,
    /// UO: unknown, other.
    pub unknown_other: u64,
}

/// An exact fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// What is counted.
    pub part: u64,
    /// Among what.
    pub whole: u64,
}

impl Share {
    /// Everything.
    pub const ALL: Self = Self { part: 1, whole: 1 };
}

impl Classes {
    /// RR1 to RR6 in order, with the share `e` of the unknown cases that is
    /// estimated to be eligible; RR3 and RR4 are multiplied by its
    /// denominator, so that they stay exact.
    #[must_use]
    pub fn response_rates(&self, e: Share) -> [Share; 6] {
        let interviews = self.complete + self.partial;
        let known = interviews + self.refusal + self.non_contact + self.other;
        let unknown = self.unknown_household + self.unknown_other;
        let estimated = known * e.whole + unknown * e.part;
        let share = |part, whole| Share { part, whole };
        [
            share(self.complete, known + unknown),
            share(interviews, known + unknown),
            share(self.complete * e.whole, estimated),
            share(interviews * e.whole, estimated),
            share(self.complete, known),
            share(interviews, known),
        ]
    }
}
