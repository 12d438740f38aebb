//! `replay`, `explain`, `test` and `check` on the examples: the same bytes each time, and nothing lost of a bad file.

use crate::program::{EVENTS, SHOP, Scratch, check, program, said};

#[test]
fn the_examples_are_right() {
    check(&["check", SHOP, "--deny-warnings"], 0, "segments.yaml: 7 segments, 2 tests OK\n", "");
    // A state of 16 bytes and a list of 48 that holds two amounts; a thousand take 16 bytes each beside it.
    let cost = "those of the last 30d, at most 1000, the newest until they exceed 499.999999 together   \
                64 bytes, at most 16064\n";
    check(&["check", SHOP, "--explain-cost"], 0, cost, "");
    check(&["test", "schemas/examples/shop"], 0, "2 passed, 0 failed\n", "");
}

#[test]
fn two_replays_give_the_same_bytes_from_a_file_or_standard_input() {
    let until = ["--until", "2026-06-01", "--report"];
    let from_file = said(program(&[&["replay", "--segments", SHOP, "--events", EVENTS], &until[..]].concat()), "");
    let events = std::fs::read_to_string(EVENTS).expect("the example is there");
    let from_input = said(program(&[&["replay", "--segments", SHOP, "--events", "-"], &until[..]].concat()), &events);
    assert_eq!(from_file, from_input);
    assert_eq!(from_file.code, Some(0));
    let instants: Vec<&str> =
        from_file.out.lines().filter_map(|line| line.split("\"at\":\"").nth(1)?.get(..24)).collect();
    assert!(instants.len() >= 10 && instants.is_sorted(), "{}", from_file.out);
    assert!(from_file.err.ends_with("10 lines, 0 refused, 0 late, 0 repeated; 3 customers\n"), "{}", from_file.err);
}

#[test]
fn refused_lines_are_named_counted_and_fatal_only_when_asked() {
    let input = "{\"type\":\"purchase\",\"customer_id\":\"c\",\"time\":1000}\n\nnonsense\n{\"type\":\"purchase\"}\n";
    for (extra, code) in [(&[][..], 0), (&["--strict"][..], 1)] {
        let said = said(program(&[&["replay", "--segments", SHOP, "--events", "-"], extra].concat()), input);
        assert_eq!(said.code, Some(code));
        assert!(said.out.contains("\"segment\":\"new-customer\""), "{}", said.out);
        for line in ["standard input:3: not_json: ", "standard input:4: no_customer: ", "2 of 3 lines were refused"] {
            assert!(said.err.contains(line), "{line} is not in {}", said.err);
        }
    }
}

#[test]
fn limits_of_lateness_and_haste_count_from_the_newest_event() {
    let line = |time: &str| format!("{{\"type\":\"purchase\",\"customer_id\":\"c\",\"time\":\"2026-01-{time}Z\"}}\n");
    let input = ["05T12:00:00", "05T11:00:00", "05T10:59:59", "05T13:00:00", "05T14:00:01"].map(line).concat();
    let limits = ["--max-late", "1h", "--max-ahead", "1h"];
    let said = said(program(&[&["replay", "--segments", SHOP, "--events", "-"], &limits[..]].concat()), &input);
    assert!(said.err.contains("2 of 5 lines were refused: 1 time_in_future, 1 too_late"), "{}", said.err);
}

#[test]
fn a_customer_is_explained_at_any_instant() {
    let explain = |at: &str, out: &str| {
        let arguments = ["--customer", "anna", "--segment", "cart-abandoned", "--at", at];
        check(&[&["explain", "--segments", SHOP, "--events", EVENTS], &arguments[..]].concat(), 0, out, "");
    };
    explain("2026-01-05T14:00:00.249Z", "anna is not in cart-abandoned");
    explain("2026-01-05T14:00:00.250Z", "anna is in cart-abandoned since 2026-01-05T14:00:00.250Z");
    explain("2026-01-05T12:00:00Z", "- since(last(cart_add)) >= 4h");
    let unknown = ["--customer", "nobody", "--segment", "loyal"];
    check(
        &[&["explain", "--segments", SHOP, "--events", EVENTS], &unknown[..]].concat(),
        1,
        "",
        "no event of customer",
    );
}

#[test]
fn the_report_names_segments_that_are_empty_small_the_same_or_about_to_be_left() {
    let definitions = "segments:\n  - {segment: hour, when: 'count(page_view, 1h) > 0'}\n  \
                       - {segment: sixty-minutes, when: 'since(last(page_view)) < 60m'}\n  \
                       - {segment: nobody, when: 'count(refund) > 0'}\n  \
                       - {segment: everybody, when: 'since(last(any)) >= 0ms'}\n\
                       scores: [{score: views, value: count(page_view)}]\n";
    let file = Scratch::new("health.yaml", definitions);
    let view = |at: &str, customer: u8| {
        format!("{{\"type\":\"page_view\",\"customer_id\":\"c-{customer}\",\"time\":\"2026-01-0{at}:00Z\"}}\n")
    };
    let input = [view("5T12:00", 1), view("7T11:00", 2), view("7T11:10", 2), view("7T12:00", 3)].concat();
    let replay = |extra: &[&str]| {
        said(program(&[&["replay", "--segments", file.path(), "--events", "-"], extra].concat()), &input)
    };
    // At 12:00 c-2 and c-3 are inside; c-2 leaves at 12:10, c-3 at 13:00. Two days, three entries and an exit.
    let text = replay(&["--report", "--small", "3"]).err;
    let row = text.lines().find(|line| line.starts_with("hour ")).expect("there is a line for each segment");
    let row: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(row, ["hour", "3", "1", "0", "2", "1.5", "0.5", "1", "2", "2"], "{text}");
    for line in [
        "never entered: nobody\n",
        "small: hour (2), sixty-minutes (2)\n",
        "equal: hour and sixty-minutes (2)\n",
        "overlapping: 2 of 2 in hour are in everybody\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let json = replay(&["--report", "segments", "--output", "json", "--until", "2026-01-07T12:00:01Z"]).err;
    let report: serde_json::Value = serde_json::from_str(&json).expect("the report is JSON");
    assert_eq!(report["never_entered"], serde_json::json!(["nobody"]));
    assert_eq!(report["segments"][1]["leaving"], serde_json::json!({"hour": 2, "day": 2}));
    assert_eq!(report["segments"][2]["volatility"], serde_json::Value::Null);
    let edges = replay(&["--report", "edges", "--parts", "3"]).err;
    let pasted = "score views: 3 customers, 0 without a value\n  edges: 1, 2\n  \
                  value: if score(\"views\") >= 2 then 2 else 1\n";
    assert_eq!(edges, pasted);
}
