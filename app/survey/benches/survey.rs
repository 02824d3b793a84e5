//! What the engine costs: loading the instrument, checking one full response,
//! one change, classifying. Run with `make bench`.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{INSTRUMENT, complete, context};
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use survey::{AgeGroup, Entry, Form, Sheet, check, load};

fn engine(criterion: &mut Criterion) {
    criterion.bench_function("load the instrument", |bench| {
        bench.iter(|| load::from_files(black_box(survey::shipped())))
    });
    let answers = complete();
    let case = context(Form::Arge);
    criterion.bench_function("route and check one full response", |bench| {
        bench.iter(|| check(&INSTRUMENT, &case, black_box(&answers), &[]));
    });
    let mut with_before = case.clone();
    with_before.previous = Some(answers.clone());
    criterion.bench_function("the same beside the wave before", |bench| {
        bench.iter(|| check(&INSTRUMENT, &with_before, black_box(&answers), &[]));
    });
    let mut sheet = Sheet::new(INSTRUMENT.clone(), case, &answers);
    let item = INSTRUMENT.item("B1").expect("B1");
    let mut odd = false;
    criterion.bench_function("one change", |bench| {
        bench.iter(|| {
            odd = !odd;
            let text = if odd { "5.001" } else { "5.000" };
            sheet.set(item, Some(Entry::Given(text.to_owned())))
        });
    });
    criterion.bench_function("classify both age groups", |bench| {
        bench.iter(|| AgeGroup::ALL.map(|age| black_box(&sheet).classification(age)));
    });
}

criterion_group!(benches, engine);
criterion_main!(benches);
