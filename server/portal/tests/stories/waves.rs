//! Waves: added, opened, closed.

use crate::support::{REGISTER, World, day, story};
use portal::{NewWave, WaveError, WaveState};

story!(a_wave_is_planned_opened_and_closed_in_this_order, world => {
    let portal = &world.portal;
    portal.wave_add(World::wave(2008, None)).await.unwrap();
    assert!(matches!(portal.wave_add(World::wave(2008, None)).await, Err(WaveError::Exists(2008))));
    assert!(matches!(portal.wave_open(2007).await, Err(WaveError::Unknown(2007))));
    assert!(matches!(portal.wave_close(2008).await, Err(WaveError::State { .. })));
    assert!(matches!(portal.wave_open(2008).await, Err(WaveError::Empty(2008))));
    assert_eq!(portal.waves().await.unwrap()[0].state, WaveState::Planned, "nothing half done");
    portal.import_units(2008, REGISTER.as_bytes(), &[]).await.unwrap();
    let opened = portal.wave_open(2008).await.unwrap();
    assert_eq!((opened.units, opened.invitations), (3, 3));
    assert!(matches!(portal.wave_open(2008).await, Err(WaveError::State { .. })), "once");
    portal.wave_close(2008).await.unwrap();
    assert!(matches!(portal.wave_close(2008).await, Err(WaveError::State { .. })));
    let waves = portal.waves().await.unwrap();
    assert_eq!((waves.len(), waves[0].state), (1, WaveState::Closed));
});

story!(settings_that_cannot_be_are_refused, world => {
    let good = || World::wave(2008, None);
    let bad = [
        NewWave { key: 8, ..good() },
        NewWave { zeitraum: "  ".into(), ..good() },
        NewWave { zeitraum: "20\n07".into(), ..good() },
        NewWave { deadline: day("2008-01-13"), ..good() },
        NewWave { stichtag: day("2008-02-01"), ..good() },
        NewWave { previous: Some(2008), ..good() },
        NewWave { previous: Some(2007), ..good() },
        NewWave { instrument: Some(vec![("A.toml".into(), "kein TOML".into())]), ..good() },
        NewWave { instrument: Some(Vec::new()), ..good() },
    ];
    for wave in bad {
        assert!(world.portal.wave_add(wave.clone()).await.is_err(), "{wave:?}");
    }
    assert!(world.portal.waves().await.unwrap().is_empty());
});

story!(a_wave_keeps_the_questionnaire_it_was_opened_with, world => {
    let mut files: Vec<(String, String)> =
        survey::shipped().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for (name, text) in &mut files {
        if name.ends_with("Z.toml") {
            *text = text.replace("Haben Sie Anmerkungen", "Haben Sie weitere Anmerkungen");
        }
    }
    let own = NewWave { instrument: Some(files), ..World::wave(2008, None) };
    world.portal.wave_add(own).await.unwrap();
    world.portal.import_units(2008, REGISTER.as_bytes(), &[]).await.unwrap();
    world.portal.wave_open(2008).await.unwrap();
    let session = world.office("GS-1").await;
    let instrument = world.another_portal().await.case_of(&session).await.unwrap().unwrap().instrument;
    let text = instrument[instrument.question("Z1").unwrap()].text.source();
    assert!(text.contains("weitere Anmerkungen"), "{text}");
    assert!(world.portal.instrument(&instrument.version).await.unwrap().is_some());
    assert!(world.portal.instrument("0000").await.unwrap().is_none());
});
