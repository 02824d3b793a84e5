//! Response rates after the AAPOR Standard Definitions (10th edition, 2023;
//! internet surveys of specifically named persons, establishment notes), as
//! integer fractions (design, section 3).

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
        let doubled = u64::from(self.numerator) * 2_000 + u64::from(self.denominator);
        match doubled.checked_div(u64::from(self.denominator) * 2) {
            Some(tenths) => write!(f, " ({},{} %)", tenths / 10, tenths % 10),
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
        *match disposition {
            Disposition::Complete => &mut self.complete,
            Disposition::Partial => &mut self.partial,
            Disposition::Refusal => &mut self.refusal,
            Disposition::BreakOff => &mut self.break_off,
            Disposition::NonContact => &mut self.non_contact,
            Disposition::NotEligible => &mut self.not_eligible,
        } += 1;
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
    pub const fn response_rates(&self) -> [Rate; 6] {
        [self.rr1(), self.rr2(), self.rr1(), self.rr2(), self.rr1(), self.rr2()]
    }
}
