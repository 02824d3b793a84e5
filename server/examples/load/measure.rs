//! Times of requests, and what a process uses.

use std::fmt;
use std::fs;
use std::time::Duration;
use tokio::time::Instant;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A module's page.
    Page,
    /// One answer.
    Save,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    kind: Kind,
    took: Duration,
    ok: bool,
}

impl Sample {
    /// A request that has just been answered.
    #[must_use]
    pub fn new(kind: Kind, began: Instant, ok: bool) -> Self {
        Self {
            kind,
            took: began.elapsed(),
            ok,
        }
    }
}

/// All requests of a run.
pub struct Measured {
    samples: Vec<Sample>,
    elapsed: Duration,
    cpu: f64,
}

impl Measured {
    /// `cpu` in seconds of the program's process.
    #[must_use]
    pub fn new(mut samples: Vec<Sample>, elapsed: Duration, cpu: f64) -> Self {
        samples.sort_by_key(|sample| sample.took);
        Self { samples, elapsed, cpu }
    }

    /// Requests that were not answered as they should.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.samples.iter().filter(|sample| !sample.ok).count()
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.samples.len() as f64;
        writeln!(
            out,
            "{count} requests in {:.1} s: {:.0} a second, {} failed, {:.0} µs of the program's CPU each",
            self.elapsed.as_secs_f64(),
            count / self.elapsed.as_secs_f64(),
            self.failures(),
            self.cpu / count * 1e6
        )?;
        for (name, kind) in [("pages", Some(Kind::Page)), ("saves", Some(Kind::Save)), ("all", None)] {
            let of_kind = self
                .samples
                .iter()
                .filter(|sample| kind.is_none_or(|kind| kind == sample.kind));
            let times: Vec<Duration> = of_kind.map(|sample| sample.took).collect();
            if times.is_empty() || (kind.is_some() && times.len() == self.samples.len()) {
                continue;
            }
            let at = |percent: usize| {
                let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
                times.get(place).map_or(0.0, |took| took.as_secs_f64() * 1e3)
            };
            writeln!(
                out,
                "{name}: {}, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
                times.len(),
                at(50),
                at(95),
                at(99),
                at(100)
            )?;
        }
        Ok(())
    }
}

/// A running process, as `/proc` knows it.
pub struct Process(u32);

impl Process {
    /// By its id.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        Self(pid)
    }

    /// CPU used so far, in seconds; a tick is a hundredth on Linux.
    #[must_use]
    pub fn used(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap_or_default();
        // After the name in brackets: state, …; 12th and 13th are user and system.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |place: usize| {
            fields
                .get(place)
                .and_then(|field| field.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        (ticks(11) + ticks(12)) / 100.0
    }

    /// Memory resident now, in megabytes.
    #[must_use]
    pub fn resident_mb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    }
}

/// When an office asks next: evenly, whatever the answers take, as long as
/// they come in time.
#[derive(Clone, Copy)]
pub struct Pace {
    every: Duration,
    next: Instant,
}

impl Pace {
    /// So many requests a second by so many offices; 0: without a pause.
    #[must_use]
    pub fn new(rate: u32, offices: usize) -> Self {
        let every = match rate {
            0 => Duration::ZERO,
            rate => Duration::from_secs_f64(offices as f64 / f64::from(rate)),
        };
        let next = Instant::now();
        Self { every, next }
    }

    /// The pace of one office, apart from the others'.
    #[must_use]
    pub fn of(self, number: usize) -> Self {
        let part = self.every.mul_f64((number % 97) as f64 / 97.0);
        Self {
            next: self.next + part,
            ..self
        }
    }

    /// Until it is this office's turn.
    pub async fn wait(&mut self) {
        if !self.every.is_zero() {
            tokio::time::sleep_until(self.next).await;
            self.next += self.every;
        }
    }
}
