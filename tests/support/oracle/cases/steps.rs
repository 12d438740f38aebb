//! Sequences of any length, with what must not happen in between.

use super::{check, event};
use crate::build::{lately, life, of, steps, then, without};
use crate::definition::{Expression, Window};

const A: &str = "page_view";
const B: &str = "cart_add";
const C: &str = "purchase";

#[test]
fn every_step_after_the_one_before() {
    let chain = |b, c, all| steps(of([A]), [then(of([B]), b), then(of([C]), c)], all, life());
    let events = [event(A, 10), event(B, 14), event(C, 19)];
    check("in order", chain(Some(100), None, None), &events, "+19e");
    check("less than its `within` after the step before", chain(None, Some(5), None), &events, "");
    check("just less", chain(Some(5), Some(6), None), &events, "+19e");
    check("the last less than `all within` after the first", chain(None, None, Some(9)), &events, "");
    check("just less, all together", chain(None, None, Some(10)), &events, "+19e");
    let other = [event(A, 10), event(B, 11), event(A, 12), event(B, 15), event(C, 19)];
    check("some choice is enough", chain(Some(4), Some(5), Some(8)), &other, "+19e");
    check("but one choice for all", chain(Some(2), Some(5), None), &other, "");
    let same = steps(of([A]), [then(of([A]), Some(9)), then(of([A]), Some(9))], None, life());
    check("different events", same, &[event(A, 10), event(A, 11), event(A, 12)], "+12e");
}

#[test]
fn the_end_lies_in_the_window() {
    let chain = steps(of([A]), [then(of([B]), None), then(of([C]), None)], Some(50), lately(5, 0));
    check("however old the start", chain, &[event(A, 10), event(B, 14), event(C, 19)], "+19e -24t");
}

fn unanswered(window: Window) -> Expression {
    steps(of([A]), [without(of([B]), 5)], None, window)
}

#[test]
fn an_absence_must_have_run_out() {
    check("at its very end", unanswered(life()), &[event(A, 10)], "+15t");
    check("an answer in time", unanswered(life()), &[event(A, 10), event(B, 14)], "");
    check("an answer at the end is too late", unanswered(life()), &[event(A, 10), event(B, 15)], "+15e");
    check("the end of the absence lies in the window", unanswered(lately(5, 0)), &[event(A, 10)], "+15t -20t");
    check("a late answer", unanswered(life()), &[event(A, 10), event("signup", 20).by("a"), event(B, 12)], "+15t -20l");
    check("another start", unanswered(life()), &[event(A, 10), event(B, 12), event(A, 20)], "+25t");
    check("an answer of the same instant", unanswered(life()), &[event(A, 10), event(B, 10)], "");
    let before = steps(of([B]), [without(of([A]), 5)], None, life());
    check("one that comes before in the order of events is none", before, &[event(A, 10), event(B, 10)], "+15t");
}

#[test]
fn an_absence_in_between() {
    let chain = || steps(of([A]), [without(of([B]), 5), then(of([C]), Some(4))], None, life());
    check("then the next step, from its end on", chain(), &[event(A, 10), event(C, 15)], "+15e");
    check("less than its `within` after that end", chain(), &[event(A, 10), event(C, 19)], "");
    check("not before it has run out", chain(), &[event(A, 10), event(C, 14)], "");
    check("not if it happened", chain(), &[event(A, 10), event(B, 11), event(C, 16)], "");
    let twice = steps(of([A]), [without(of([B]), 5), without(of([C]), 5)], None, life());
    check("one absence after the other", twice.clone(), &[event(A, 10), event(C, 14)], "+20t");
    check("in its own time", twice, &[event(A, 10), event(C, 15)], "");
    let all = |length| steps(of([A]), [without(of([B]), 5)], Some(length), life());
    check("its end counts for `all within`", all(5), &[event(A, 10)], "");
    check("and just fits", all(6), &[event(A, 10)], "+15t");
}
