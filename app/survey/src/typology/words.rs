//! German wordings of criteria, variants and reasons, after the paper.

use super::{K1, K2, K3, Level, Reason, Verzahnung};

impl Level {
    /// What the criterion asks.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::K1 => "Fallmanagement-Ansatz",
            Self::K2 => "Vermittlung auf den ersten Arbeitsmarkt",
            Self::K3 => "Leistungen zur Sicherung des Lebensunterhalts",
        }
    }
}

impl K1 {
    /// All variants, in the order of the rules.
    pub const ALL: [Self; 4] = [
        Self::FuerAlle,
        Self::DasselbePersonal,
        Self::Vollspezialisierung,
        Self::Experten,
    ];

    /// Wording of the variant.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::FuerAlle => "generalisiert: Fallmanagement für alle",
            Self::DasselbePersonal => "generalisiert: getrennt, aber dasselbe Personal",
            Self::Vollspezialisierung => "spezialisiert: vollständige Spezialisierung",
            Self::Experten => "spezialisiert: Expertenmodell (bei Bedarf)",
        }
    }

    /// Name of the variant as exported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FuerAlle => "fuer_alle",
            Self::DasselbePersonal => "dasselbe_personal",
            Self::Vollspezialisierung => "vollspezialisierung",
            Self::Experten => "experten",
        }
    }
}

impl K2 {
    /// All variants.
    pub const ALL: [Self; 5] = [
        Self::Spezialisiert,
        Self::Dritte,
        Self::UeberwiegendSpezialisiert,
        Self::Integriert,
        Self::UeberwiegendIntegriert,
    ];

    /// Wording of the variant.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Spezialisiert => "nicht Teil des Fallmanagements: spezialisierte Kräfte oder Arbeitgeberservice",
            Self::Dritte => "nicht Teil des Fallmanagements: beauftragte Dritte",
            Self::UeberwiegendSpezialisiert => "nicht Teil des Fallmanagements: überwiegend spezialisierte Kräfte",
            Self::Integriert => "Teil des Fallmanagements",
            Self::UeberwiegendIntegriert => "Teil des Fallmanagements: überwiegend die Betreuungsperson",
        }
    }

    /// Name of the variant as exported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spezialisiert => "spezialisiert",
            Self::Dritte => "dritte",
            Self::UeberwiegendSpezialisiert => "ueberwiegend_spezialisiert",
            Self::Integriert => "integriert",
            Self::UeberwiegendIntegriert => "ueberwiegend_integriert",
        }
    }
}

impl K3 {
    /// All variants.
    pub const ALL: [Self; 3] = [Self::RechnetSelbst, Self::Ansprechperson, Self::NichtIntegriert];

    /// Wording of the variant.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::RechnetSelbst => "integriert: rechnet selbst",
            Self::Ansprechperson => "integriert: nur Ansprechperson",
            Self::NichtIntegriert => "nicht integriert",
        }
    }

    /// Name of the variant as exported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RechnetSelbst => "rechnet_selbst",
            Self::Ansprechperson => "ansprechperson",
            Self::NichtIntegriert => "nicht_integriert",
        }
    }
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 6] = [Self::U0, Self::U1, Self::U2, Self::U3, Self::U4, Self::U5];

    /// Wording of the reason.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::U0 => "keine Angabe",
            Self::U1 => "kein Fallmanagement praktiziert",
            Self::U2 => "nur externes Fallmanagement",
            Self::U3 => "kein überwiegendes Vorgehen",
            Self::U4 => "Vermittlung zu gleichen Teilen",
            Self::U5 => "Vermittlung nur durch Dritte",
        }
    }

    /// Code of the reason.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::U0 => "U0",
            Self::U1 => "U1",
            Self::U2 => "U2",
            Self::U3 => "U3",
            Self::U4 => "U4",
            Self::U5 => "U5",
        }
    }
}

impl Verzahnung {
    /// All codes in order.
    pub const ALL: [Self; 5] = [Self::V1, Self::V2, Self::V3, Self::V4, Self::V5];

    /// Wording.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::V1 => "rechnet selbst",
            Self::V2 => "nur Ansprechperson",
            Self::V3 => "funktionsübergreifende Teams",
            Self::V4 => "enge personelle Bezüge",
            Self::V5 => "keine",
        }
    }

    /// Code.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1 => "V1",
            Self::V2 => "V2",
            Self::V3 => "V3",
            Self::V4 => "V4",
            Self::V5 => "V5",
        }
    }
}
