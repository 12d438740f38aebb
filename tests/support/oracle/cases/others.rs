//! Definitions about each other: members, stages, scores, two thresholds; and what tells customers apart for ever.

use spicchio_core::event::Number;

use super::{at, check, check_at_once, check_course, event, forgetting};
use crate::build::{
    all, best, boolean, bucket, column, compare, count, definitions, distance, exists, kilometres, ladder, last,
    latched, lately, life, lower, matches, member, missing, not, number, of, point, profile, score, segment, since,
    stage, sum, text,
};
use crate::definition::Relation::{AtLeast, AtMost, Equal, Greater};
use crate::definition::{Definitions, Expression, LadderDefinition, ScoreDefinition, SegmentDefinition, Type};
use crate::drive::Course;
use crate::given::{GivenEvent, Json};
use spicchio_core::timer::Zone;

fn plain(name: &str, condition: Expression) -> SegmentDefinition {
    segment(name, condition, Zone::UTC)
}

fn course(definitions: Definitions, events: &[GivenEvent]) -> Course {
    Course { definitions, ..super::course(boolean(true), events) }
}

fn bought(window: i64) -> Expression {
    compare(count(of(["purchase"]), lately(window, 0)), AtLeast, number(1))
}

fn viewed(window: i64) -> Expression {
    compare(count(of(["page_view"]), lately(window, 0)), AtLeast, number(1))
}

/// One segment `s` with a latch.
fn latch(
    rule: &str,
    (enter, leave): (Expression, Option<Expression>),
    (stay, rest): (Option<i64>, Option<i64>),
    events: &[GivenEvent],
    expected: &str,
) {
    let segment = latched(plain("s", enter), leave, stay, rest);
    check_course(rule, &course(definitions(vec![segment]), events), expected);
}

#[test]
fn two_thresholds() {
    let spent =
        |least| compare(sum(column(of(["purchase"]), "total", Type::Number), lately(10, 0)), AtLeast, number(least));
    let both = || (spent(5), Some(not(spent(3))));
    let paid = |millis, total: i64| event("purchase", millis).with("total", total);
    let events = [paid(10, 2), paid(12, 3), paid(15, 1)];
    check("one alone changes with every event", spent(5), &events, "+12e -20t");
    latch("two leave room in between", both(), (None, None), &events, "+12e -22t");
    latch("what is not reached is not entered", both(), (None, None), &[paid(10, 4)], "");
    let always = (viewed(50), Some(bought(5)));
    let events = [event("page_view", 10), event("purchase", 10), event("purchase", 20)];
    latch("not while leaving holds", always, (None, None), &events, "+15t -20e +25t");
}

#[test]
fn staying_and_resting() {
    let once = || (bought(3), None);
    let events = [event("purchase", 10), event("purchase", 20)];
    latch("at least so long inside", once(), (Some(5), None), &events, "+10e -15t +20e -25t");
    latch("longer where it holds longer", once(), (Some(2), None), &events, "+10e -13t +20e -23t");
    latch("not in again before", once(), (None, Some(9)), &events, "+10e -13t +22t -23t");
    latch("nor at all where it has ceased to hold", once(), (None, Some(10)), &events, "+10e -13t");
    latch("both", once(), (Some(6), Some(5)), &events, "+10e -16t +21t -27t");
    let again = [event("purchase", 10), event("purchase", 12)];
    latch("what holds again in time is not left", once(), (Some(4), None), &again, "+10e -15t");
    let late = [event("purchase", 10), event("page_view", 20).by("a"), event("purchase", 18)];
    latch("a late event is decided now", once(), (Some(5), Some(2)), &late, "+10e -15t +20l -25t");
}

#[test]
fn a_new_life_remembers_no_rest() {
    let segment = latched(plain("s", bought(100)), None, None, Some(90));
    let events = [event("purchase", 10), event("purchase", 40)];
    let course = Course { definitions: definitions(vec![segment]), ..forgetting(20, boolean(true), &events) };
    check_course("forgotten with the rest", &course, "+10e -30f +40e -60f");
}

#[test]
fn members_of_other_segments() {
    let regular = |latch: bool| {
        let other = plain("z", bought(5));
        let other = if latch { latched(other, None, Some(10), None) } else { other };
        definitions(vec![plain("a", all([member("z"), viewed(50)])), other])
    };
    let events = [event("page_view", 8), event("purchase", 10)];
    let both = |definitions, rule: &str, expected: &[(&str, i64)]| {
        let course = course(definitions, &events);
        let lines = crate::oracle::timeline(&course).lines;
        let found = lines.iter().map(|line| (line.segment.as_str(), line.at.millis() - at(0).millis()));
        assert_eq!(found.collect::<Vec<_>>(), expected, "{rule}");
    };
    both(regular(false), "its condition at now", &[("a", 10), ("z", 10), ("a", 15), ("z", 15)]);
    both(regular(true), "its state as decided at this instant", &[("a", 10), ("z", 10), ("a", 20), ("z", 20)]);
    let own = definitions(vec![plain("s", not(member("t"))), plain("t", bought(5))]);
    let lines = crate::oracle::timeline(&course(own, &events)).lines;
    let places = lines.iter().map(|line| (line.segment.as_str(), line.at.millis() - at(0).millis()));
    assert_eq!(places.collect::<Vec<_>>(), [("s", 8), ("s", 10), ("t", 10), ("s", 15), ("t", 15)], "and its absence");
}

fn with_ladder(ladder: LadderDefinition, events: &[GivenEvent]) -> Course {
    let ladders = vec![ladder];
    course(Definitions { ladders, ..definitions(Vec::new()) }, events)
}

#[test]
fn the_first_stage_that_holds() {
    let events = [event("page_view", 10), event("purchase", 12), event("signup", 40).by("a")];
    let stages = || [("fresh", bought(5)), ("buyer", bought(10))];
    let lifecycle = with_ladder(ladder("l", stages(), Some("other")), &events);
    check_course("else the other", &lifecycle, "other>10e fresh>12e buyer>17t other>22t aother>40e");
    let gaps = with_ladder(ladder("l", stages(), None), &events);
    check_course("or none", &gaps, "fresh>12e buyer>17t null>22t");
    let gone = Course { forget_after: Some(spicchio_core::timer::Length::fixed(20)), ..lifecycle };
    check_course(
        "nobody forgotten has one",
        &gone,
        "other>10e fresh>12e buyer>17t other>22t null>32f aother>40e anull>60f",
    );
}

#[test]
fn the_greatest_score() {
    let how_many = |kind, window| count(of([kind]), lately(window, 0));
    let scores = || [("a", how_many("page_view", 10)), ("b", how_many("purchase", 20))];
    let events = [event("page_view", 10), event("purchase", 12), event("purchase", 14)];
    let persona = |minimum: Option<i64>, otherwise| {
        let minimum = minimum.map(|minimum| Number::from_millionths(minimum * Number::SCALE));
        with_ladder(best("l", scores(), minimum, otherwise), &events)
    };
    check_course("ties go to the first", &persona(None, None), "a>10e b>14e a>34t");
    check_course("of at least the minimum", &persona(Some(1), Some("nobody")), "a>10e b>14e nobody>34t");
    check_course("or the other", &persona(Some(2), Some("nobody")), "nobody>10e b>14e nobody>32t");
    let average = crate::build::average(column(of(["purchase"]), "total", Type::Number), life());
    let events = [event("page_view", 10), event("purchase", 12).with("total", -1)];
    let none = with_ladder(best("l", [("a", average)], None, Some("nobody")), &events);
    check_course("none does not count", &none, "nobody>10e");
}

#[test]
fn stages_and_scores_in_conditions() {
    let events = [event("page_view", 10), event("purchase", 12)];
    let made = Definitions {
        ladders: vec![ladder("l", [("fresh", bought(5))], None)],
        ..definitions(vec![plain("s", compare(stage("l"), Equal, text("fresh"))), plain("t", missing(stage("l")))])
    };
    let lines = crate::oracle::timeline(&course(made, &events)).lines;
    let places = lines.iter().map(|line| (line.segment.as_str(), line.at.millis() - at(0).millis()));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [("t", 10), ("l", 12), ("s", 12), ("t", 12), ("l", 17), ("s", 17), ("t", 17)]
    );
    let points = ScoreDefinition { name: "p".into(), value: count(of(["purchase"]), lately(5, 0)), zone: Zone::UTC };
    let made =
        Definitions { scores: vec![points], ..definitions(vec![plain("s", compare(score("p"), Greater, number(0)))]) };
    check_course("a number", &course(made, &events), "+12e -17t");
    let quiet = compare(since(last(of(["purchase"]), life())), AtLeast, crate::build::fixed(5));
    let made = Definitions {
        ladders: vec![ladder("l", [("quiet", quiet)], Some("loud"))],
        ..definitions(vec![latched(plain("s", compare(stage("l"), Equal, text("quiet"))), None, None, Some(5))])
    };
    let lines = crate::oracle::timeline(&course(made, &events)).lines;
    assert_eq!(lines.iter().filter(|line| line.segment == "s").count(), 1, "a stage by time alone");
}

#[test]
fn patterns() {
    let city = || profile("city", Type::Text);
    let rome = [event("profile", 0).with("city", "Rome")];
    for (rule, condition, holds) in [
        ("anywhere", matches(city(), "om"), true),
        ("case matters", matches(city(), "OM"), false),
        ("unless it says so", matches(city(), "(?i)OM"), true),
        ("both ends", matches(city(), "^R.*e$"), true),
        ("none matches nothing", matches(profile("plan.name", Type::Text), ""), false),
        ("lower", matches(lower(city()), "^r"), true),
    ] {
        check_at_once(rule, condition, &rome, holds);
    }
}

#[test]
fn buckets() {
    // The published hash of one zero byte: no salt, then the zero, then nobody's name.
    let nobody = [event("page_view", 0).by("")];
    let of_nobody = |many, number: i64| compare(bucket(many, None), Equal, crate::build::number(number));
    check_at_once(
        "the hash by its remainder",
        of_nobody(1_000, 0xC44B_DFF4_074E_ECDB_u64.rem_euclid(1_000).cast_signed()),
        &nobody,
        true,
    );
    check_at_once("no salt is the empty one", compare(bucket(100, None), Equal, bucket(100, Some(""))), &nobody, true);
    check_at_once(
        "another salt, another bucket",
        compare(bucket(1_000_000, None), Equal, bucket(1_000_000, Some("a"))),
        &nobody,
        false,
    );
}

#[test]
fn distances() {
    let home = [event("profile", 0).with("home", Json::object([("lat", Json::from(0)), ("lon", Json::from(0))]))];
    let far = || distance(profile("home", Type::Point), point(0, 1_000_000));
    // A degree of the equator is 111.195 km.
    check_at_once("less", compare(far(), AtMost, kilometres(112)), &home, true);
    check_at_once("more", compare(far(), Greater, kilometres(111)), &home, true);
    let degree = compare(
        far(),
        Equal,
        Expression {
            term: crate::definition::Term::Kilometres(Number::from_millionths(111_195_000)),
            ty: Type::Number,
        },
    );
    check_at_once("to the metre", degree, &home, true);
    let homeless = [event("profile", 0)];
    check_at_once("none from nowhere", exists(far()), &homeless, false);
}
